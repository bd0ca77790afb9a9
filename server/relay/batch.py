"""Datagrams in batches (recvmmsg, sendmmsg), in fixed buffers.

An inbox slot is decrypted in place; an outbox slot is filled and encrypted in place. Lengths and
addresses are read and written through memoryviews over the kernel's own structures, because
attribute access on a C structure costs several times as much.
"""

import errno
import socket
from typing import Any

import cffi  # type: ignore[import-untyped]

_FFI = cffi.FFI()
_FFI.cdef(
    """
    struct iovec { void *base; size_t length; };
    struct msghdr { void *name; unsigned int name_length; struct iovec *vectors;
                    size_t vector_count; void *control; size_t control_length; int flags; };
    struct mmsghdr { struct msghdr header; unsigned int length; };
    int recvmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags,
                 void *timeout);
    int sendmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags);
    """
)

STRIDE = 2048  # bytes a datagram; more than any MTU we meet, with room for the SRTP tag
NAME = 32  # bytes an address: sockaddr_in6 has 28
KEY = 24  # bytes of it that tell one sender from another (the rest is IPv6's scope)
BATCH = 64
# The kernel's structures in words of 32 and 64 bits, and where in them we read and write.
MESSAGE_WORDS, LENGTH_WORD = 16, 14  # struct mmsghdr and its length
_MESSAGE_LONGS = 8  # struct mmsghdr, which begins with the pointer to the name
_VECTOR_LONGS, _SIZE_LONG = 2, 1  # struct iovec and its length


class Batch:
    """``count`` messages for the kernel, each with a buffer of STRIDE bytes and an address."""

    def __init__(self, count: int = BATCH) -> None:
        self.capacity = count
        self.messages = _FFI.new("struct mmsghdr[]", count)
        self._vectors = _FFI.new("struct iovec[]", count)
        self._buffer = _FFI.new("char[]", count * STRIDE)
        self._names = _FFI.new("char[]", count * NAME)
        self.pointers = [self._buffer + i * STRIDE for i in range(count)]
        self.raws = [_FFI.buffer(pointer, STRIDE) for pointer in self.pointers]
        self.views = [memoryview(raw) for raw in self.raws]
        self.bytes = memoryview(_FFI.buffer(self._buffer))
        self.names = _FFI.buffer(self._names)
        self.lengths = memoryview(_FFI.buffer(self.messages)).cast("I")
        self.addresses = memoryview(_FFI.buffer(self.messages)).cast("Q")
        self.sizes = memoryview(_FFI.buffer(self._vectors)).cast("Q")
        self._connect()

    def _connect(self) -> None:
        for i in range(self.capacity):
            self._vectors[i].base = self.pointers[i]
            self._vectors[i].length = STRIDE
            header = self.messages[i].header
            header.name = self._names + i * NAME
            header.name_length = NAME
            header.vectors = self._vectors + i
            header.vector_count = 1


class Inbox(Batch):
    """Datagrams that have come, as of the last ``receive``."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._recvmmsg = _libc().recvmmsg

    def receive(self) -> int:
        """Take what is there, a full batch at most; return how many."""
        count: int = self._recvmmsg(
            self._descriptor, self.messages, self.capacity, socket.MSG_DONTWAIT, _FFI.NULL
        )
        return max(count, 0)


class Outbox(Batch):
    """Datagrams on their way. Fill slot ``count`` (see Slot.forward), then ``commit`` it."""

    def __init__(self, descriptor: int, name_length: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._sendmmsg = _libc().sendmmsg
        self.count = 0
        self.sent = 0
        self.dropped = 0
        for message in self.messages:
            message.header.name_length = name_length

    def commit(self, size: int, name: int) -> None:
        """Count slot ``count`` in: ``size`` bytes for the address at pointer ``name``."""
        index = self.count
        self.sizes[_VECTOR_LONGS * index + _SIZE_LONG] = size
        self.addresses[_MESSAGE_LONGS * index] = name
        self.count = index + 1
        if self.count == self.capacity:
            self.flush()

    def flush(self) -> None:
        """Send what is there. What the kernel has no room for is dropped: late media is useless."""
        done = 0
        while done < self.count:
            sent = self._sendmmsg(
                self._descriptor, self.messages + done, self.count - done, socket.MSG_DONTWAIT
            )
            if sent > 0:
                self.sent += sent
                done += sent
            elif _FFI.errno != errno.EINTR:
                # One destination that cannot be reached must not cost the others their packets.
                self.dropped += 1
                done += 1
        self.count = 0


class Name:
    """An address as the kernel takes it; ``pointer`` is good for as long as this object is."""

    __slots__ = ("_memory", "pointer")

    def __init__(self, key: bytes) -> None:
        self._memory = _FFI.new("char[]", NAME)
        _FFI.buffer(self._memory)[0:KEY] = key
        self.pointer = int(_FFI.cast("uintptr_t", self._memory))


def _libc() -> Any:
    return _FFI.dlopen(None)
