"""One simulated participant of the load: sends 720p-like video and audio, watches what arrives."""

import struct
import time

from tests.server.relay.light_client import LightClient, rtp_packet, vp8_payload
from tests.server.relay.offers import ABS_SEND_TIME, AUDIO_LEVEL, OPUS, TRANSPORT_CC, VP8

FRAMES_PER_SECOND = 30
PACKETS_PER_FRAME = 5
VIDEO_BYTES = 1085  # a packet: 30 x 5 x 1085 x 8 is 1.3 Mbit/s
AUDIO_BYTES = 80
_STAMP = struct.Struct("!QI")  # nanoseconds, counter: at the end of every payload


class Received:
    """What came of one stream: how many of how many, and how late."""

    def __init__(self) -> None:
        self.count = 0
        self.first = self.last = -1
        self.delays: list[int] = []

    def take(self, packet: bytes, now: int) -> None:
        sent, counter = _STAMP.unpack_from(packet, len(packet) - _STAMP.size)
        self.count += 1
        if self.first < 0:
            self.first = counter
        self.last = max(self.last, counter)
        self.delays.append(now - sent)

    @property
    def expected(self) -> int:
        return self.last - self.first + 1 if self.first >= 0 else 0


class Participant:
    """Sends by one client when told that time has come, and receives by the same or another."""

    def __init__(self, sender: LightClient, receiver: LightClient) -> None:
        self.sender = sender
        self.receiver = receiver
        self.streams: dict[int, Received] = {}
        self.watching = False
        self._transport = 0
        self._counters = [0, 0]
        self._seqs = [1000, 60000]
        self._keyframe = True
        receiver.on_rtp = self._on_rtp
        sender.on_rtcp = self._on_rtcp

    @property
    def clients(self) -> list[LightClient]:
        return list(dict.fromkeys((self.sender, self.receiver)))

    def _on_rtp(self, packet: bytes) -> None:
        if not self.watching:
            return
        ssrc = int.from_bytes(packet[8:12])
        stream = self.streams.get(ssrc)
        if stream is None:
            stream = self.streams[ssrc] = Received()
        stream.take(packet, time.monotonic_ns())

    def _on_rtcp(self, packet: bytes) -> None:
        if packet[1] == 206 and packet[0] & 31 == 1:
            self._keyframe = True

    def send_audio(self, number: int) -> None:
        level = bytes([AUDIO_LEVEL << 4, 40])
        self._send(0, OPUS, number * 960, bytes([0x78]).ljust(AUDIO_BYTES, b"\x33"), True, level)

    def send_video(self, number: int) -> None:
        """Send one frame: its packets back to back."""
        keyframe, self._keyframe = self._keyframe, False
        absolute = int(time.monotonic() * 262144) & 0xFFFFFF
        extension = bytes([ABS_SEND_TIME << 4 | 2]) + absolute.to_bytes(3)
        for part in range(PACKETS_PER_FRAME):
            payload = vp8_payload(VIDEO_BYTES, keyframe, first=part == 0)
            last = part == PACKETS_PER_FRAME - 1
            self._send(1, VP8, number * 90000 // FRAMES_PER_SECOND, payload, last, extension)

    def _send(
        self, kind: int, number: int, stamp: int, payload: bytes, marker: bool, extension: bytes
    ) -> None:
        self._transport = (self._transport + 1) & 0xFFFF
        self._seqs[kind] = (self._seqs[kind] + 1) & 0xFFFF
        self._counters[kind] += 1
        extension += bytes([TRANSPORT_CC << 4 | 1]) + self._transport.to_bytes(2)
        tail = _STAMP.pack(time.monotonic_ns(), self._counters[kind])
        ssrc = self.sender.ssrcs[kind]
        self.sender.send_rtp(
            rtp_packet(
                number, self._seqs[kind], stamp, ssrc, payload[:-12] + tail, marker, extension
            )
        )
