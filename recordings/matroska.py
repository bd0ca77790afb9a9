"""Matroska as the recorder writes it: a header, then clusters of whole frames, only appended.

One track, no index, no total size: what is on disk after a crash is playable up to its last whole
frame, and a hash can run along while it is written.
"""

import struct
from dataclasses import dataclass
from math import inf

from recordings.frames import Frame
from recordings.model import Codec

EBML, SEGMENT, INFO, TRACKS, CLUSTER = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1654AE6B,
    0x1F43B675,
)
DATE_UTC, TRACK_ENTRY, CODEC_ID, CODEC_PRIVATE = 0x4461, 0xAE, 0x86, 0x63A2
TIMESTAMP, SIMPLE_BLOCK = 0xE7, 0xA3
KEYFRAME = 0x80  # among the flags of a block
DATE_EPOCH = 978_307_200  # 2001-01-01, the zero of Matroska's dates, in unix seconds
CODEC_IDS = {Codec.OPUS: "A_OPUS", Codec.VP8: "V_VP8", Codec.H264: "V_MPEG4/ISO/AVC"}

_MOST_MS = 1000  # a cluster
_APP = b"yuntiao"
_OPUS_HEAD = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48000, 0, 0)
_BLOCK = struct.Struct(">BIBhB")
_CLUSTER = struct.Struct(">IQBBQ")
_UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
_SIZE_8 = 1 << 56
_SIZE_4 = 1 << 28


def element(ident: int, body: bytes) -> bytes:
    """One EBML element with a size of known length."""
    name = ident.to_bytes((ident.bit_length() + 7) // 8, "big")
    return name + (_SIZE_4 | len(body)).to_bytes(4, "big") + body


def _number(ident: int, value: int) -> bytes:
    return element(ident, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def header(codec: Codec, first: Frame, started: float) -> bytes:
    """Everything before the first cluster; recovery after a crash needs ``started`` (unix)."""
    doctype = b"matroska" if codec is Codec.H264 else b"webm"
    ebml = (
        _number(0x4286, 1)
        + _number(0x42F7, 1)
        + _number(0x42F2, 4)
        + _number(0x42F3, 8)
        + element(0x4282, doctype)
        + _number(0x4287, 4)
        + _number(0x4285, 2)
    )
    date = struct.pack(">q", round((started - DATE_EPOCH) * 1e9))
    info = (
        _number(0x2AD7B1, 1_000_000)
        + element(DATE_UTC, date)
        + element(0x4D80, _APP)
        + element(0x5741, _APP)
    )
    tracks = element(TRACK_ENTRY, _track(codec, first))
    start = element(EBML, ebml) + SEGMENT.to_bytes(4, "big") + _UNKNOWN_SIZE
    return start + element(INFO, info) + element(TRACKS, tracks)


def _track(codec: Codec, first: Frame) -> bytes:
    kind = 1 if codec.is_video else 2
    common = (
        _number(0xD7, 1)
        + _number(0x73C5, 1)
        + _number(0x83, kind)
        + _number(0x9C, 0)
        + element(CODEC_ID, CODEC_IDS[codec].encode())
    )
    if codec is Codec.OPUS:
        sound = element(0xB5, struct.pack(">d", 48000.0)) + _number(0x9F, 2)
        private = element(CODEC_PRIVATE, _OPUS_HEAD)
        return common + private + _number(0x56BB, 80_000_000) + element(0xE1, sound)
    private = element(CODEC_PRIVATE, first.config) if first.config else b""
    picture = _number(0xB0, first.width) + _number(0xBA, first.height)
    return common + private + element(0xE0, picture)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A finished cluster: its bytes, how many frames are in it, and the last one's time."""

    data: bytes
    frames: int
    last_ms: int


class ClusterBuilder:
    """Collects frames and makes one cluster of them."""

    def __init__(self) -> None:
        self.full_at: float = inf  # frames of that time in ms and later belong to another one
        self._parts: list[bytes] = []
        self._frames = 0
        self._base = 0
        self._last = 0

    def add(self, frame: Frame, at_ms: int) -> None:
        """Add a frame ``at_ms`` milliseconds after the segment's start; times never go back."""
        parts = self._parts
        if not parts:
            parts.append(b"")  # room for the head, so that the whole is put together once
            self._base = at_ms
            self.full_at = at_ms + _MOST_MS
        data = frame.data
        flags = KEYFRAME if frame.keyframe else 0
        size = _SIZE_4 | len(data) + 4
        parts.append(_BLOCK.pack(SIMPLE_BLOCK, size, 0x81, at_ms - self._base, flags))
        parts.append(data)
        self._frames += 1
        self._last = at_ms

    def take(self) -> Chunk | None:
        """The cluster of what was added since the last one; None when that is nothing."""
        if not self._parts:
            return None
        # Time stamps and sizes have a fixed width: recovery patches the size of a torn cluster.
        size = _SIZE_8 | sum(map(len, self._parts)) + 10
        self._parts[0] = _CLUSTER.pack(CLUSTER, size, TIMESTAMP, 0x88, self._base)
        chunk = Chunk(b"".join(self._parts), self._frames, self._last)
        self._parts = []
        self._frames = 0
        self.full_at = inf
        return chunk
