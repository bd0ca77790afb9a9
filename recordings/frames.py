"""RTP payloads to frames: Opus and VP8 here, H.264 in its own module.

A depacketizer takes payloads in order, is told of losses, and gives only whole frames. Whatever
the bytes are, it raises nothing: they come from outside.
"""

from dataclasses import dataclass
from typing import Protocol

from recordings.model import Codec

# More than any camera sends: a frame that never ends must not fill the memory.
MAX_FRAME = 8 << 20


@dataclass(slots=True)  # not frozen: that would make each of them three times as dear
class Frame:
    """One coded frame as the file wants it."""

    timestamp: int  # RTP, 32 bits
    data: bytes
    keyframe: bool = True
    width: int = 0  # of video key frames
    height: int = 0
    config: bytes = b""  # H.264: the decoder configuration record this frame needs
    duration: float = 0.0  # seconds; 0 when only the next frame tells


class Depacketizer(Protocol):
    """Builds frames of one codec; ``incomplete`` counts the ones given up."""

    incomplete: int

    def push(self, payload: bytes, marker: bool, timestamp: int) -> Frame | None:
        """Take the payload next in order; a frame when it is the last of one."""
        ...

    def lose(self) -> None:
        """Packets are missing before the next payload."""
        ...


def depacketizer(codec: Codec) -> Depacketizer:
    """A fresh depacketizer for ``codec``."""
    from recordings.h264 import H264Frames

    kinds: dict[Codec, type[Depacketizer]] = {
        Codec.OPUS: OpusFrames,
        Codec.VP8: Vp8Frames,
        Codec.H264: H264Frames,
    }
    return kinds[codec]()


class OpusFrames:
    """Each payload is a frame; its first byte tells how long it sounds (RFC 6716, 3.1)."""

    def __init__(self) -> None:
        self.incomplete = 0

    def push(self, payload: bytes, marker: bool, timestamp: int) -> Frame | None:
        duration = opus_duration(payload)
        return Frame(timestamp, payload, duration=duration) if duration else None

    def lose(self) -> None:
        """A lost packet damages no other frame."""


# Of one Opus frame, by its configuration: twelve of SILK, four hybrid ones, sixteen of CELT.
_OPUS_MS = (10, 20, 40, 60) * 3 + (10, 20) * 2 + (2.5, 5, 10, 20) * 4
_OPUS_SECONDS = tuple(length / 1000 for length in _OPUS_MS)


def opus_duration(payload: bytes) -> float:
    """Seconds of sound in an Opus packet; 0 when it is none."""
    if not payload:
        return 0.0
    if payload[0] & 3 == 0:
        return _OPUS_SECONDS[payload[0] >> 3]
    count = (1, 2, 2, 0)[payload[0] & 3]
    if payload[0] & 3 == 3 and len(payload) > 1:
        count = payload[1] & 0x3F
    total = _OPUS_SECONDS[payload[0] >> 3] * count
    return total if total <= 0.120 else 0.0


# By the flags I, L, T, K: two bytes, one for I (two when it is wide), one for L, one for T and K.
_VP8_LENGTHS = tuple(2 + (f >> 3) + (f >> 2 & 1) + (f & 3 > 0) for f in range(16))


class Vp8Frames:
    """VP8 by RFC 7741: a frame begins with S=1 in partition 0 and ends with the marker."""

    def __init__(self) -> None:
        self.incomplete = 0
        self._timestamp = -1
        self._parts: list[bytes] = []
        self._size = 0
        self._broken = False

    def push(self, payload: bytes, marker: bool, timestamp: int) -> Frame | None:
        if not payload:
            return None
        if timestamp != self._timestamp:
            self._begin(timestamp)
        parts = self._parts
        if not parts and payload[0] & 0x17 != 0x10:  # S=1, partition 0
            self._broken = True
        self._size += len(payload)
        if not self._broken and self._size <= MAX_FRAME:
            parts.append(payload[_vp8_descriptor(payload) :])
        else:
            self._broken = True
        return self._finish() if marker else None

    def lose(self) -> None:
        # A loss between frames breaks nothing: the next frame shows by its S bit that it is whole.
        if self._parts:
            self._broken = True

    def _begin(self, timestamp: int) -> None:
        if self._parts or self._broken:
            self.incomplete += 1
        self._timestamp = timestamp
        self._clear()

    def _clear(self) -> None:
        self._parts = []
        self._size = 0
        self._broken = False

    def _finish(self) -> Frame | None:
        data, broken = b"".join(self._parts), self._broken
        self._clear()
        if broken or not data:
            self.incomplete += 1
            return None
        return _vp8_frame(self._timestamp, data)


def _vp8_descriptor(payload: bytes) -> int:
    """Length of the payload descriptor; may lie beyond the end of a bad payload."""
    if payload[0] < 0x80 or len(payload) < 3:
        return 1
    flags = payload[1]
    wide = flags >= 0x80 and payload[2] >= 0x80
    return _VP8_LENGTHS[flags >> 4] + wide


def _vp8_frame(timestamp: int, data: bytes) -> Frame:
    if data[0] & 1 or len(data) < 10 or data[3:6] != b"\x9d\x01\x2a":
        return Frame(timestamp, data, keyframe=False)
    width = int.from_bytes(data[6:8], "little") & 0x3FFF
    height = int.from_bytes(data[8:10], "little") & 0x3FFF
    return Frame(timestamp, data, keyframe=width > 0 < height, width=width, height=height)
