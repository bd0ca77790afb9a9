"""The relay's UDP sockets: who is behind which address, and when to look for datagrams."""

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Protocol

from server.relay.batch import BATCH, SHORTEST, STRIDE, Inbox, Letter, Name, Outbox
from server.relay.clock import Clock
from server.relay.complaints import Complaints
from server.relay.config import Address

log = logging.getLogger(__name__)

_ROUNDS = 8  # batches a wake-up, so that timers get their turn under a flood
_BUFFER_BYTES = 16 << 20  # the kernel caps it, unless we may force it
_SO_RCVBUFFORCE = 33  # Linux, not in Python's socket module

# Wake-ups closer together than this become polls at this distance: a packet waits so long at most.
_PACE_S = 0.002
_IDLE_POLLS = 10  # without a datagram, until the kernel is asked to wake us again


class Receiver(Protocol):
    """What stands behind an authenticated address: one peer."""

    def on_rtp(self, run: list[Letter]) -> None: ...
    def on_rtcp(self, pointer: Any, raw: Any, length: int) -> None: ...
    def on_dtls(self, datagram: bytes) -> None: ...


class Stranger(Protocol):
    """Takes the datagrams that carry no media: STUN, and whatever else people send."""

    def on_stun(self, path: "Path", datagram: bytes) -> None: ...


class Path:
    """A way to one address through one of our sockets."""

    __slots__ = ("address", "key", "name", "outbox", "peer", "port")

    def __init__(self, port: "UdpPort", key: bytes) -> None:
        self.port = port
        self.key = key
        self.outbox = port.outbox
        self.name = Name(key)
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

    def __init__(
        self, bind: str, port: int, clock: Clock, stranger: Stranger, outboxes: list[Outbox]
    ) -> None:
        """``outboxes``: of all ports of the relay; this one's is added. What comes in here may go
        out elsewhere.
        """
        v6 = ip_address(bind).version == 6
        self.socket = _open(bind, port, v6)
        self.number: int = self.socket.getsockname()[1]
        self.inbox = Inbox(self.socket)
        self.outbox = Outbox(self.socket.fileno(), 28 if v6 else 16)
        outboxes.append(self.outbox)
        self._outboxes = outboxes
        self.paths: dict[bytes, Path] = {}
        self.received = 0
        self.dropped = 0
        self.broken = 0  # datagrams that found a bug of ours
        self._complaints = Complaints(log, clock)
        self._clock = clock
        self._stranger = stranger
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
        before = self.received
        for _ in range(_ROUNDS):
            count = self.inbox.receive()
            if not count:
                break
            self._clock.update()
            self.received += count
            self._dispatch(count)
            if count < BATCH:
                break
        for outbox in self._outboxes:
            if outbox.count:
                outbox.flush()
        if self.received > before:
            self._drained_at = self._clock.now
        return self.received - before

    def _dispatch(self, count: int) -> None:
        """Hand on what has come. A bug that a datagram finds costs its run, not the port."""
        for sender, run in self.inbox.runs(count):
            try:
                self._hand_on(sender, run)
            except Exception:
                self.broken += len(run)
                self._complaints.say("relay.datagram_failed")

    def _hand_on(self, sender: bytes, run: list[Letter]) -> None:
        path = self.paths.get(sender)
        _, _, length, _, (first, second, _, _, _) = run[0]
        if path is None or length < SHORTEST or not 127 < first < 192:
            for _, raw, size, _, _ in run:
                self._other(raw, size, sender, path)
        elif (peer := path.peer) is not None:
            if 191 < second < 224:
                for pointer, raw, size, _, _ in run:
                    peer.on_rtcp(pointer, raw, size)
            else:
                peer.on_rtp(run)

    def _other(self, raw: Any, length: int, key: bytes, path: Path | None) -> None:
        if not 0 < length < STRIDE:
            self.dropped += 1
            return
        datagram = raw[0:length]
        if datagram[0] < 4:
            self._stranger.on_stun(path or Path(self, key), datagram)
        elif path is not None and path.peer is not None and 20 <= datagram[0] < 64:
            path.peer.on_dtls(datagram)
        else:
            self.dropped += 1

    def forget(self, path: Path) -> None:
        """Take nothing from there any more; what waits to go there goes while the address is good:
        the outbox knows but a pointer to it.
        """
        if self.paths.get(path.key) is path:
            del self.paths[path.key]
        self.outbox.flush()

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
    with suppress(PermissionError):
        opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
    if v6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    opened.bind((bind, port))
    return opened
