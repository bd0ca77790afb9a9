"""The transport of a peer: from the answer we wrote to keys and an address that can be sent to.

Addresses are believed only after a request has come from them that is signed with our password.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from server.relay import stun
from server.relay.dtls import Certificate, DtlsFailed, DtlsTransport, Fingerprint, SrtpKeys
from server.relay.udp import Path, Receiver, UdpPort

_MOST_PATHS = 8  # addresses of one browser that may be in use at once


class Connection:
    """ICE-lite and DTLS for one peer connection, on the relay's shared sockets."""

    def __init__(
        self,
        receiver: Receiver,
        fingerprints: tuple[Fingerprint, ...],
        changed: Callable[[], None],
        ended: Callable[[str], None],
    ) -> None:
        """``changed``: media can be sent now, or goes elsewhere from now on. ``ended`` is given
        ``dtls_failed``, or ``closed`` when the browser says goodbye.
        """
        self.credentials = stun.Credentials.new()
        self.keys: SrtpKeys | None = None
        self.path: Path | None = None
        self.is_over = False
        self._receiver = receiver
        self._fingerprints = fingerprints
        self._changed = changed
        self._ended = ended
        self._paths: dict[tuple[UdpPort, bytes], Path] = {}
        self._dtls: DtlsTransport | None = None
        self._handshake: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether media can be sent."""
        return self.keys is not None and self.path is not None

    def start(self, certificate: Certificate) -> None:
        """Begin to wait for the browser."""
        self._dtls = DtlsTransport(certificate, self._send)
        self._handshake = asyncio.create_task(self._shake_hands(self._dtls))

    async def _shake_hands(self, dtls: DtlsTransport) -> None:
        try:
            self.keys = await dtls.handshake(self._fingerprints, self.goodbye)
        except DtlsFailed:
            self._end("dtls_failed")
            return
        self._tell()

    def goodbye(self) -> None:
        """The browser has closed the connection."""
        self._end("closed")

    def _end(self, reason: str) -> None:
        self.is_over = True
        self._ended(reason)

    def _tell(self) -> None:
        if self.ready:
            self._changed()

    def close(self) -> Coroutine[Any, Any, None]:
        """Forget the addresses at once, so that nothing more comes in; what is returned says
        goodbye and stops. Idempotent.
        """
        for path in self._paths.values():
            path.port.forget(path)
        self._paths.clear()
        return self._stop()

    async def _stop(self) -> None:
        if self._handshake is not None:
            self._handshake.cancel()
        if self._dtls is not None:
            await self._dtls.close()
        self.path = None

    # Datagrams.

    def _send(self, datagram: bytes) -> None:
        if self.path is not None:
            self.path.send(datagram)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send; nothing happens before ``ready``."""
        if self.keys is not None:
            protected = self.keys.protect_rtcp(packet)
            if protected is not None:
                self._send(protected)

    def on_dtls(self, datagram: bytes) -> None:
        if self._dtls is not None:
            self._dtls.receive(datagram)

    def on_stun(self, path: Path, datagram: bytes) -> bool:
        """Answer a request if it is signed; return whether it was."""
        answer = stun.answer(datagram, self.credentials, path.address)
        if answer is None:
            return False
        path.send(answer.response)
        path = self._own(path)
        if self.path is None or (answer.nominated and path is not self.path):
            self.path = path
            self._tell()
        return True

    def _own(self, path: Path) -> Path:
        """Our way to the same address, which is ours from now on: whoever signed last is there.

        NATs use addresses again, and somebody who forges an address may have taken it from us.
        """
        own = self._paths.get((path.port, path.key)) or self._remember(path)
        own.port.paths[own.key] = own
        return own

    def _remember(self, path: Path) -> Path:
        if path.peer is not None:  # another peer was there before
            path = Path(path.port, path.key)
        path.peer = self._receiver
        while len(self._paths) >= _MOST_PATHS:
            oldest = next(key for key in self._paths if self._paths[key] is not self.path)
            evicted = self._paths.pop(oldest)
            evicted.port.forget(evicted)
        self._paths[path.port, path.key] = path
        return path
