"""Datagrams in batches (recvmmsg, sendmmsg), in fixed buffers.

An inbox slot is decrypted in place; an outbox slot is filled and encrypted in place. Lengths and
addresses are read and written through memoryviews over the kernel's own structures, because
attribute access on a C structure costs several times as much.

Datagrams in a row for one address (the packets of a picture) leave as one, which the kernel cuts
apart at the end of its path (UDP_SEGMENT): the way through it costs more than what it carries.
"""

import errno
import socket
import struct
from collections.abc import Iterator
from typing import Any

import cffi  # type: ignore[import-untyped]

from server.relay.rtp import HEADER, Head

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
SHORTEST = HEADER.size + 1  # bytes of media
_HEADS = struct.Struct(f"{HEADER.format}{STRIDE - HEADER.size}x")
# The kernel's structures in words of 32 and 64 bits, and where in them we read and write.
MESSAGE_WORDS, LENGTH_WORD = 16, 14  # struct mmsghdr and its length
_MESSAGE_LONGS = 8  # struct mmsghdr, which begins with the pointer to the name
_VECTOR_LONGS, _SIZE_LONG = 2, 1  # struct iovec and its length
_FIRST_LONG, _COUNT_LONG, _CONTROL_LONG = 2, 3, 5  # of a message: vectors, how many, control bytes
_VECTOR_BYTES = 16

# A control message that says how long the pieces are: a header of 16 bytes, then the number.
_SEGMENT = struct.pack("@Nii", 18, socket.IPPROTO_UDP, 103)
_CONTROL, _SEGMENT_AT = 24, 16
# What SO_TIMESTAMPNS adds to each datagram: a header of 16 bytes, then seconds and nanoseconds.
_SO_TIMESTAMPNS = 35  # Linux, not in Python's socket module
_STAMP = 32
_STAMP_LONGS, _SECONDS_LONG = 4, 2
_MOST_SEGMENTS = 31  # of STRIDE bytes each stay below the 64 KiB that one call may carry


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


# Of one place in the inbox, looked up once instead of reckoned for each datagram: its pointer, its
# buffer, and where to look in ``lengths``, ``stamps`` (seconds, nanoseconds) and ``names``.
_Place = tuple[Any, Any, int, int, "slice[int, int, None]"]

Letter = tuple[Any, Any, int, float, Head]
"""A datagram: its pointer and buffer, its length, when it came (unix time), its RTP header."""


class Inbox(Batch):
    """Datagrams that have come, as of the last ``receive``; ``stamps`` says when (unix time)."""

    def __init__(self, receiver: socket.socket) -> None:
        super().__init__()
        self._descriptor = receiver.fileno()
        self._recvmmsg = _libc().recvmmsg
        receiver.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._controls = _FFI.new("char[]", self.capacity * _STAMP)
        self.stamps = memoryview(_FFI.buffer(self._controls)).cast("q")
        for i, message in enumerate(self.messages):
            # The kernel writes the length back; it always is what we gave.
            message.header.control = self._controls + i * _STAMP
            message.header.control_length = _STAMP
        self._places: list[_Place] = [
            (
                self.pointers[i],
                self.raws[i],
                i * MESSAGE_WORDS + LENGTH_WORD,
                i * _STAMP_LONGS + _SECONDS_LONG,
                slice(i * NAME, i * NAME + KEY),
            )
            for i in range(self.capacity)
        ]

    def runs(self, count: int) -> Iterator[tuple[bytes, list[Letter]]]:
        """The first ``count`` datagrams in runs, each with its sender's address (KEY bytes): what
        follows one another from one sender with one SSRC, such as the packets of a picture.
        What is too short for media is alone.
        """
        lengths, stamps, names = self.lengths, self.stamps, self.names
        sender, ssrc = b"", -1
        run: list[Letter] = []
        heads = _HEADS.iter_unpack(self.bytes[: count * STRIDE])
        for (pointer, raw, length, stamp, name), head in zip(self._places, heads, strict=False):
            size = lengths[length]
            if head[4] != ssrc or size < SHORTEST or names[name] != sender:
                if run:
                    yield sender, run
                sender, run = names[name], []
                ssrc = head[4] if size >= SHORTEST else -1
            arrival = stamps[stamp] + stamps[stamp + 1] * 1e-9
            run.append((pointer, raw, size, arrival, head))
        if run:
            yield sender, run

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
        self._messages = 0  # begun; the last one is not closed yet
        self._name = 0
        self._segment = 0  # bytes of its first datagram; 0 if nothing may follow
        self._first = 0  # which slot that is
        self._vector = int(_FFI.cast("uintptr_t", self._vectors))
        self._single = _FFI.new("struct mmsghdr *")
        self._controls = _FFI.new("char[]", self.capacity * _CONTROL)
        self._segments = memoryview(_FFI.buffer(self._controls)).cast("H")
        for i, message in enumerate([*self.messages, self._single]):
            message.header.name_length = name_length
            if i < self.capacity:
                control = message.header.control = self._controls + i * _CONTROL
                _FFI.buffer(control, _CONTROL)[0:_SEGMENT_AT] = _SEGMENT

    def commit(self, size: int, name: int) -> None:
        """Count slot ``count`` in: ``size`` bytes for the address at pointer ``name``."""
        index = self.count
        self.sizes[_VECTOR_LONGS * index + _SIZE_LONG] = size
        if name != self._name or size > self._segment or index - self._first >= _MOST_SEGMENTS:
            self._begin(index, size, name)
        elif size < self._segment:  # only the last piece may be shorter
            self._segment = 0
        self.count = index = index + 1
        if index == self.capacity:
            self.flush()

    def _begin(self, index: int, size: int, name: int) -> None:
        if index:
            self._close(index)
        at = _MESSAGE_LONGS * self._messages
        self.addresses[at] = name
        self.addresses[at + _FIRST_LONG] = self._vector + _VECTOR_BYTES * index
        self._segments[(_CONTROL * self._messages + _SEGMENT_AT) // 2] = size
        self._messages += 1
        self._name, self._segment, self._first = name, size, index

    def _close(self, index: int) -> None:
        at = _MESSAGE_LONGS * (self._messages - 1)
        count = index - self._first
        self.addresses[at + _COUNT_LONG] = count
        self.addresses[at + _CONTROL_LONG] = _CONTROL if count > 1 else 0

    def flush(self) -> None:
        """Send what is there. What the kernel has no room for is dropped: late media is useless."""
        if not self.count:
            return
        self._close(self.count)
        done, dropped = 0, self.dropped
        while done < self._messages:
            sent = self._send(self.messages + done, self._messages - done)
            if sent > 0:
                done += sent
            elif _FFI.errno != errno.EINTR:
                self._send_apart(done)
                done += 1
        self.sent += self.count - (self.dropped - dropped)
        self.count = self._messages = self._name = self._segment = 0

    def _send(self, messages: Any, count: int) -> int:
        sent: int = self._sendmmsg(self._descriptor, messages, count, socket.MSG_DONTWAIT)
        return sent

    def _send_apart(self, number: int) -> None:
        """Send what was refused as one, datagram by datagram: a line of a small MTU, an old kernel.

        One destination that cannot be reached must not cost the others their packets.
        """
        refused, single = self.messages[number].header, self._single.header
        count = refused.vector_count
        single.name, single.vector_count = refused.name, 1
        for i in range(count):
            single.vectors = refused.vectors + i
            if count == 1 or self._send(self._single, 1) != 1:
                self.dropped += 1


class Name:
    """An address as the kernel takes it; ``pointer`` is good for as long as this object is."""

    __slots__ = ("_memory", "pointer")

    def __init__(self, key: bytes) -> None:
        self._memory = _FFI.new("char[]", NAME)
        _FFI.buffer(self._memory)[0:KEY] = key
        self.pointer = int(_FFI.cast("uintptr_t", self._memory))


def _libc() -> Any:
    return _FFI.dlopen(None)
