"""The one file that knows the insides of aiortc and pylibsrtp (both pinned, held by tests).

aiortc does the DTLS handshake over our own datagrams. Media never passes through it: its two
libsrtp sessions are taken out and used in place on the relay's own buffers.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiortc import rtcdtlstransport as aiortc_dtls
from OpenSSL import SSL
from pylibsrtp import Session
from pylibsrtp._binding import ffi as _ffi  # type: ignore[import-not-found]
from pylibsrtp._binding import lib as _lib

# int f(session, void *packet, int *length): in place; 0 is success.
srtp_protect: Any = _lib.srtp_protect
srtp_unprotect: Any = _lib.srtp_unprotect
srtp_protect_rtcp: Any = _lib.srtp_protect_rtcp
srtp_unprotect_rtcp: Any = _lib.srtp_unprotect_rtcp

FINGERPRINTS = frozenset(aiortc_dtls.X509_DIGEST_ALGORITHMS)
SRTP_GROWTH = 20  # bytes that protecting a packet may add

_RTCP_BUFFER = 2048
_QUEUE = 64  # datagrams; a handshake has about ten
_ALERT = 21
_RECORD_HEADER = 13
_UNIFIED_HEADER = 32  # DTLS 1.3 records begin with 001xxxxx

# Cheapest first, measured: AES-128-GCM takes half the time of AES-CM with SHA-1.
_PROFILES = [
    aiortc_dtls.SRTP_AEAD_AES_128_GCM,
    aiortc_dtls.SRTP_AEAD_AES_256_GCM,
    aiortc_dtls.SRTP_AES128_CM_SHA1_80,
]


class DtlsFailed(Exception):
    """The handshake did not come to an end, or the other side is not whom the offer named."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Hash of a certificate: ``algorithm`` as in SDP, ``value`` as AA:BB:…"""

    algorithm: str
    value: str


class SrtpKeys:
    """The two libsrtp sessions of a connection, as the ``srtp_*`` functions take them.

    ``length`` is a C int for those functions to read and write.
    """

    __slots__ = ("_buffer", "_owners", "_raw", "length", "receive", "send")

    def __init__(self, receive: Session, send: Session) -> None:
        self.receive: Any = receive._srtp[0]
        self.send: Any = send._srtp[0]
        self.length: Any = _ffi.new("int *")
        self._owners = receive, send
        self._buffer: Any = _ffi.new("char[]", _RTCP_BUFFER)
        self._raw: Any = _ffi.buffer(self._buffer)

    def protect_rtcp(self, packet: bytes) -> bytes | None:
        """Encrypt an RTCP packet; None if it is too long or the keys are used up."""
        if len(packet) + SRTP_GROWTH > _RTCP_BUFFER:
            return None
        self._raw[0 : len(packet)] = packet
        self.length[0] = len(packet)
        if srtp_protect_rtcp(self.send, self._buffer, self.length):
            return None
        done: bytes = self._raw[0 : self.length[0]]
        return done

    def unprotect_rtcp(self, pointer: Any, raw: Any, length: int) -> bytes | None:
        """Decrypt in place; None if it was forged, broken or replayed."""
        self.length[0] = length
        if srtp_unprotect_rtcp(self.receive, pointer, self.length):
            return None
        packet: bytes = raw[0 : self.length[0]]
        return packet


class Certificate:
    """The relay's own certificate, made new at each start."""

    def __init__(self) -> None:
        self.inner = aiortc_dtls.RTCCertificate.generateCertificate()

    @property
    def fingerprint(self) -> Fingerprint:
        """The SHA-256 fingerprint, for answers."""
        prints = {f.algorithm: f.value for f in self.inner.getFingerprints()}
        return Fingerprint("sha-256", prints["sha-256"])


class _Pipe:
    """Stands where aiortc expects an ICE transport."""

    role = "controlled"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.datagrams: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUE)
        self._write = send

    async def _recv(self) -> bytes:
        datagram = await self.datagrams.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, datagram: bytes) -> None:
        self._write(datagram)


class DtlsTransport:
    """The DTLS server of one peer connection."""

    def __init__(self, certificate: Certificate, send: Callable[[bytes], None]) -> None:
        self._pipe = _Pipe(send)
        self._transport = aiortc_dtls.RTCDtlsTransport(
            self._pipe,  # type: ignore[arg-type]
            [certificate.inner],
        )
        self._transport._set_role("server")
        self._transport._srtp_profiles = _PROFILES

    async def handshake(
        self, remote: tuple[Fingerprint, ...], on_closed: Callable[[], None]
    ) -> SrtpKeys:
        """Wait for the browser's handshake. ``on_closed`` is called if it later says goodbye.

        Raises DtlsFailed; has no limit of its own, so cancel it when the peer is given up.
        """
        parameters = aiortc_dtls.RTCDtlsParameters(
            fingerprints=[aiortc_dtls.RTCDtlsFingerprint(f.algorithm, f.value) for f in remote]
        )
        try:
            await self._transport.start(parameters)
        except SSL.Error:
            raise DtlsFailed from None
        if self._transport.state != "connected":
            raise DtlsFailed
        self._watch(on_closed)
        return SrtpKeys(self._transport._rx_srtp, self._transport._tx_srtp)

    def _watch(self, on_closed: Callable[[], None]) -> None:
        def changed() -> None:
            if self._transport.state == "closed":
                on_closed()

        self._transport.on("statechange", changed)

    def receive(self, datagram: bytes) -> None:
        """Take one DTLS datagram; forged alerts are removed, a flood is dropped."""
        clean = without_plain_alerts(datagram)
        if clean and not self._pipe.datagrams.full():
            self._pipe.datagrams.put_nowait(clean)

    async def close(self) -> None:
        """Say goodbye to the browser and stop. Idempotent."""
        self._transport.remove_all_listeners()
        await self._transport.stop()


def without_plain_alerts(datagram: bytes) -> bytes:
    """Drop the alert records that nobody signed: anyone who can spoof an address can send them.

    A browser that gives up a handshake is then noticed by its silence instead.
    """
    kept = b""
    at = 0
    while at + _RECORD_HEADER <= len(datagram) and datagram[at] < _UNIFIED_HEADER:
        epoch = int.from_bytes(datagram[at + 3 : at + 5])
        end = at + _RECORD_HEADER + int.from_bytes(datagram[at + 11 : at + 13])
        if datagram[at] != _ALERT or epoch != 0:
            kept += datagram[at:end]
        at = end
    unified = at < len(datagram) and datagram[at] >= _UNIFIED_HEADER
    return kept + datagram[at:] if unified else kept
