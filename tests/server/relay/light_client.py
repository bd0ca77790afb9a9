"""A WebRTC client without a browser: real STUN, DTLS and SRTP, media of one's own making."""

import asyncio
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from aioice import stun
from aiortc import rtcdtlstransport as aiortc_dtls

from server.relay.batch import STRIDE, Batch
from server.relay.dtls import SrtpKeys, srtp_protect, srtp_unprotect
from tests.server.relay.offers import make_offer

RTP = struct.Struct("!BBHII")
Join = Callable[[str], Awaitable[str]]


class _Pipe:
    role = "controlling"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.datagrams: asyncio.Queue[bytes] = asyncio.Queue()
        self._write = send

    async def _recv(self) -> bytes:
        return await self.datagrams.get()

    async def _send(self, datagram: bytes) -> None:
        self._write(datagram)


class LightClient:
    """One peer. ``on_rtp`` and ``on_rtcp`` get decrypted packets; what ``loses`` is true for (it
    gets the bytes as they came) is lost on the line.
    """

    def __init__(self, ssrcs: tuple[int, int, int] = (1001, 1002, 1003), **wishes: Any) -> None:
        """``wishes`` are for the offer (see make_offer)."""
        self.ssrcs = ssrcs
        self.wishes = wishes
        self.answer = ""
        self.on_rtp: Callable[[bytes], None] = lambda packet: None
        self.on_rtcp: Callable[[bytes], None] = lambda packet: None
        self.loses: Callable[[bytes], bool] = lambda datagram: False
        self.way: tuple[str, str] | None = None  # an announced address, and where it leads to
        self.socket = _open_socket()
        self.keys: SrtpKeys | None = None
        self._pipe = _Pipe(self.send_raw)
        self._certificate = aiortc_dtls.RTCCertificate.generateCertificate()
        self._dtls: aiortc_dtls.RTCDtlsTransport | None = None
        self._checked = asyncio.Event()
        self._box = Batch(1)
        self._loop = asyncio.get_running_loop()
        self._credentials = "", b""

    # Connecting.

    def offer(self) -> str:
        return make_offer(
            self._certificate.getFingerprints()[0].value, ssrcs=self.ssrcs, **self.wishes
        )

    async def connect(self, join: Join) -> None:
        """Offer, check the path, shake hands."""
        self.answer = await join(self.offer())
        await self.begin_path()
        await self.shake_hands()

    async def begin_path(self) -> None:
        """Make the relay believe our address."""
        self.read_answer()
        for _ in range(20):
            self.send_raw(self.binding_request())
            try:
                await asyncio.wait_for(self._checked.wait(), 0.5)
                return
            except TimeoutError:
                continue
        raise AssertionError("the relay does not answer STUN")

    def read_answer(self) -> None:
        """Take what the answer says of the transport."""
        announced, leads = self.way or (r"\S+", "")
        candidate = _find(rf"a=candidate:\S+ 1 udp \d+ ({announced}) (\d+) typ host", self.answer)
        address = leads or candidate[1]
        if ":" in address:
            self.socket.close()
            self.socket = _open_socket(socket.AF_INET6)
        self.socket.connect((address, int(candidate[2])))
        ufrag = _find(r"a=ice-ufrag:(\S+)", self.answer)[1]
        self._credentials = ufrag, _find(r"a=ice-pwd:(\S+)", self.answer)[1].encode()
        self._loop.add_reader(self.socket.fileno(), self._drain)

    def binding_request(self, password: bytes | None = None, nominate: bool = True) -> bytes:
        ufrag, right = self._credentials
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes = {
            "USERNAME": f"{ufrag}:abcd",
            "PRIORITY": 1,
            "ICE-CONTROLLING": 1,
        }
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(password or right)
        return bytes(request)

    async def shake_hands(self) -> None:
        transport: Any = aiortc_dtls.RTCDtlsTransport(self._pipe, [self._certificate])  # type: ignore[arg-type]
        transport._set_role("client")
        self._dtls = transport
        algorithm, value = _find(r"a=fingerprint:(\S+) (\S+)", self.answer).groups()
        fingerprint = aiortc_dtls.RTCDtlsFingerprint(algorithm, value)
        parameters = aiortc_dtls.RTCDtlsParameters([fingerprint])
        await asyncio.wait_for(transport.start(parameters), 10)
        assert transport.state == "connected", transport.state
        self.keys = SrtpKeys(transport._rx_srtp, transport._tx_srtp)

    async def close(self, politely: bool = True) -> None:
        """Stop; politely says goodbye by DTLS, otherwise the peer falls silent."""
        if self._dtls is not None and politely:
            await self._dtls.stop()
        elif self._dtls is not None and self._dtls._task is not None:
            self._dtls._task.cancel()
        self._loop.remove_reader(self.socket.fileno())
        self.socket.close()

    # Datagrams.

    def send_raw(self, datagram: bytes) -> None:
        self.socket.send(datagram)

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send."""
        self.socket.send(self.seal(packet))

    def seal(self, packet: bytes) -> bytes:
        """The packet as it goes over the line, to be sent when and as often as one likes."""
        assert self.keys is not None
        raw, pointer = self._box.raws[0], self._box.pointers[0]
        raw[0 : len(packet)] = packet
        self.keys.length[0] = len(packet)
        assert srtp_protect(self.keys.send, pointer, self.keys.length) == 0
        sealed: bytes = raw[0 : self.keys.length[0]]
        return sealed

    def send_rtcp(self, packet: bytes) -> None:
        assert self.keys is not None
        protected = self.keys.protect_rtcp(packet)
        assert protected is not None
        self.socket.send(protected)

    def _drain(self) -> None:
        raw = self._box.raws[0]
        while True:
            try:
                length = self.socket.recv_into(raw, STRIDE)
            except OSError:
                return
            self._receive(raw, length)

    def _receive(self, raw: Any, length: int) -> None:
        first, second = raw[0:2]
        if self.loses(raw[0:length]):
            return
        if first < 4:
            self._checked.set()
        elif first < 64:
            self._pipe.datagrams.put_nowait(raw[0:length])
        elif self.keys is not None and 192 <= second < 224:
            packet = self.keys.unprotect_rtcp(self._box.pointers[0], raw, length)
            if packet is not None:
                self.on_rtcp(packet)
        elif self.keys is not None:
            self.keys.length[0] = length
            if not srtp_unprotect(self.keys.receive, self._box.pointers[0], self.keys.length):
                self.on_rtp(raw[0 : self.keys.length[0]])

    def move(self) -> None:
        """Go on from another port, as when a phone changes networks."""
        relay = self.socket.getpeername()
        self._loop.remove_reader(self.socket.fileno())
        self.socket.close()
        self.socket = _open_socket()
        self.socket.connect(relay)
        self._loop.add_reader(self.socket.fileno(), self._drain)

    def slot_ssrcs(self) -> list[int]:
        """The SSRCs of the slots, in the order of the sections."""
        every = [int(found) for found in re.findall(r"a=ssrc:(\d+) cname", self.answer)]
        return [ssrc for ssrc in every if ssrc not in self.repair_ssrcs().values()]

    def repair_ssrcs(self) -> dict[int, int]:
        """The SSRCs on which packets come again, by the slots' own."""
        found = re.findall(r"a=ssrc-group:FID (\d+) (\d+)", self.answer)
        return {int(main): int(repair) for main, repair in found}


def _open_socket(family: socket.AddressFamily = socket.AF_INET) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_DGRAM)
    opened.setblocking(False)
    # On a busy machine a measured loss should be the relay's, not ours.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    return opened


def _find(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found


def rtp_packet(
    payload_type: int,
    seq: int,
    stamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
    extensions: bytes = b"",
) -> bytes:
    """An RTP packet; ``extensions`` are one-byte elements, padded here to whole words."""
    head = RTP.pack(
        0x90 if extensions else 0x80,
        marker << 7 | payload_type,
        seq & 0xFFFF,
        stamp & 0xFFFFFFFF,
        ssrc,
    )
    if extensions:
        extensions += bytes(-len(extensions) % 4)
        head += struct.pack("!HH", 0xBEDE, len(extensions) // 4) + extensions
    return head + payload


def vp8_payload(size: int, keyframe: bool, first: bool = True) -> bytes:
    """A VP8 payload as a depacketizer and a muxer see it; its picture is noise-free nonsense."""
    descriptor = b"\x90\x80\x01" if first else b"\x80\x80\x01"
    body = b""
    if first and keyframe:
        body = b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 1280, 720)
    elif first:
        body = b"\x11\x00\x00"
    return (descriptor + body).ljust(size, b"\x55")
