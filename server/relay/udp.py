"""The relay's UDP socket: datagrams come and go in batches (recvmmsg, sendmmsg), in fixed buffers.

An inbox slot is decrypted in place; an outbox slot is filled and encrypted in place. Lengths and
addresses are read and written through memoryviews over the kernel's own structures, because
attribute access on a C structure costs several times as much.
"""

import asyncio
import errno
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Protocol

import cffi  # type: ignore[import-untyped]

from server.relay.clock import Clock
from server.relay.config import Address

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
_NAME = 32  # bytes an address: sockaddr_in6 has 28
KEY = 24  # bytes of it that tell one sender from another (the rest is IPv6's scope)
_BATCH = 64
_ROUNDS = 8  # batches a wake-up, so that timers get their turn under a flood
# The kernel's structures in words of 32 and 64 bits, and where in them we read and write.
_MESSAGE_WORDS, _LENGTH_WORD = 16, 14  # struct mmsghdr and its length
_MESSAGE_LONGS = 8  # struct mmsghdr, which begins with the pointer to the name
_VECTOR_LONGS, _SIZE_LONG = 2, 1  # struct iovec and its length
_BUFFER_BYTES = 4 << 20

# Wake-ups closer together than this become polls at this distance: a packet waits so long at most.
_PACE_S = 0.002
_IDLE_POLLS = 10  # without a datagram, until the kernel is asked to wake us again


class Receiver(Protocol):
    """What stands behind an authenticated address: one peer."""

    def on_rtp(self, pointer: Any, raw: Any, length: int) -> None: ...
    def on_rtcp(self, pointer: Any, raw: Any, length: int) -> None: ...
    def on_dtls(self, datagram: bytes) -> None: ...


class Stranger(Protocol):
    """Takes the datagrams that carry no media: STUN, and whatever else people send."""

    def on_stun(self, path: "Path", datagram: bytes) -> None: ...


class Batch:
    """``count`` messages for the kernel, each with a buffer of STRIDE bytes and an address."""

    def __init__(self, count: int = _BATCH) -> None:
        self.capacity = count
        self.messages = _FFI.new("struct mmsghdr[]", count)
        self._vectors = _FFI.new("struct iovec[]", count)
        self._buffer = _FFI.new("char[]", count * STRIDE)
        self._names = _FFI.new("char[]", count * _NAME)
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
            header.name = self._names + i * _NAME
            header.name_length = _NAME
            header.vectors = self._vectors + i
            header.vector_count = 1


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


class Path:
    """A way to one address through one of our sockets."""

    __slots__ = ("_name", "address", "key", "name_pointer", "outbox", "peer", "port")

    def __init__(self, port: "UdpPort", key: bytes) -> None:
        self.port = port
        self.key = key
        self.outbox = port.outbox
        self._name = _FFI.new("char[]", _NAME)
        _FFI.buffer(self._name)[0:KEY] = key
        self.name_pointer = int(_FFI.cast("uintptr_t", self._name))
        self.address = _address(key)
        self.peer: Receiver | None = None

    def send(self, datagram: bytes) -> None:
        """Send one datagram now (STUN, DTLS, RTCP); media goes through the outbox."""
        self.port.send(datagram, self.address)


def _address(key: bytes) -> tuple[str, int]:
    port = int.from_bytes(key[2:4])
    if int.from_bytes(key[0:2], "little") == socket.AF_INET6:
        return str(ip_address(key[8:24])), port
    return str(ip_address(key[4:8])), port


class UdpPort:
    """One socket, its buffers, and who is behind which address."""

    def __init__(self, bind: str, port: int, clock: Clock, stranger: Stranger) -> None:
        v6 = ip_address(bind).version == 6
        self.socket = _open(bind, port, v6)
        self.number: int = self.socket.getsockname()[1]
        self.inbox = Batch()
        self.outbox = Outbox(self.socket.fileno(), 28 if v6 else 16)
        self.paths: dict[bytes, Path] = {}
        self.received = 0
        self.dropped = 0
        self._clock = clock
        self._stranger = stranger
        self._recvmmsg = _libc().recvmmsg
        self._descriptor = self.socket.fileno()
        self._drained_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def send(self, datagram: bytes, address: tuple[str, int]) -> None:
        try:
            self.socket.sendto(datagram, address)
        except OSError:
            self.outbox.dropped += 1

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take datagrams from now on, until ``close``."""
        self._loop = loop
        loop.add_reader(self._descriptor, self._readable, loop)

    def _readable(self, loop: asyncio.AbstractEventLoop) -> None:
        before = self._drained_at
        self.drain()
        if self._drained_at - before < _PACE_S:
            loop.remove_reader(self._descriptor)
            self._timer = loop.call_later(_PACE_S, self._poll, loop, 0)

    def _poll(self, loop: asyncio.AbstractEventLoop, idle: int) -> None:
        """Look again soon: with many packets, waking for each costs more than handling it."""
        idle = 0 if self.drain() else idle + 1
        if idle < _IDLE_POLLS:
            self._timer = loop.call_later(_PACE_S, self._poll, loop, idle)
        else:
            self._timer = None
            loop.add_reader(self._descriptor, self._readable, loop)

    def drain(self) -> int:
        """Take every datagram that has come, and send what came of them; return how many."""
        inbox, descriptor, before = self.inbox, self._descriptor, self.received
        for _ in range(_ROUNDS):
            count = self._recvmmsg(
                descriptor, inbox.messages, _BATCH, socket.MSG_DONTWAIT, _FFI.NULL
            )
            if count <= 0:
                break
            self._clock.update()
            self.received += count
            self._dispatch(count)
            if count < _BATCH:
                break
        if self.outbox.count:
            self.outbox.flush()
        if self.received > before:
            self._drained_at = self._clock.now
        return self.received - before

    def _dispatch(self, count: int) -> None:
        inbox = self.inbox
        content, lengths, names, find = inbox.bytes, inbox.lengths, inbox.names, self.paths.get
        for i in range(count):
            length = lengths[i * _MESSAGE_WORDS + _LENGTH_WORD]
            start = i * STRIDE
            path = find(names[i * _NAME : i * _NAME + KEY])
            if path is None or length < 13 or not 127 < content[start] < 192:
                self._other(i, length, path)
            elif path.peer is not None:
                if 191 < content[start + 1] < 224:
                    path.peer.on_rtcp(inbox.pointers[i], inbox.raws[i], length)
                else:
                    path.peer.on_rtp(inbox.pointers[i], inbox.raws[i], length)

    def _other(self, i: int, length: int, path: Path | None) -> None:
        if not 0 < length < STRIDE:
            self.dropped += 1
            return
        datagram = self.inbox.raws[i][0:length]
        if datagram[0] < 4:
            key = self.inbox.names[i * _NAME : i * _NAME + KEY]
            self._stranger.on_stun(path or Path(self, key), datagram)
        elif path is not None and path.peer is not None and 20 <= datagram[0] < 64:
            path.peer.on_dtls(datagram)
        else:
            self.dropped += 1

    def close(self) -> None:
        """Stop listening. Idempotent."""
        if self._loop is not None:
            self._loop.remove_reader(self._descriptor)
            self._loop = None
        if self._timer is not None:
            self._timer.cancel()
        self.paths.clear()
        self.socket.close()


def binds(announce: Sequence[Address]) -> list[str]:
    """The local addresses to bind, so that answers come from the address that was asked.

    An announced address that is not this machine's own is translated on the way (NAT, containers):
    then the wildcard address of its version is bound, once.
    """
    foreign = {address.version for address in announce if not _is_ours(address)}
    found = []
    for address in announce:
        wildcard = "::" if address.version == 6 else "0.0.0.0"  # noqa: S104  media is for everybody
        found.append(wildcard if address.version in foreign else str(address))
    return list(dict.fromkeys(found))


def _is_ours(address: Address) -> bool:
    with socket.socket(_family(address), socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
        return True


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET6 if address.version == 6 else socket.AF_INET


def _open(bind: str, port: int, v6: bool) -> socket.socket:
    opened = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
    if v6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    opened.bind((bind, port))
    return opened


def _libc() -> Any:
    return _FFI.dlopen(None)
