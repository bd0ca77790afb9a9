"""Reading the recorder's own Matroska, whole or torn. Hostile bytes raise nothing."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from recordings.frames import opus_duration
from recordings.matroska import (
    CLUSTER,
    CODEC_ID,
    CODEC_IDS,
    CODEC_PRIVATE,
    DATE_EPOCH,
    DATE_UTC,
    EBML,
    INFO,
    KEYFRAME,
    SEGMENT,
    SIMPLE_BLOCK,
    TIMESTAMP,
    TRACK_ENTRY,
    TRACKS,
)
from recordings.model import Codec

_DESCEND = frozenset({SEGMENT, INFO, TRACKS, TRACK_ENTRY, CLUSTER})
_MAX_LAST_MS = 200


@dataclass(slots=True)
class Element:
    """Where an element stands in the file."""

    ident: int
    start: int
    body: int
    end: int  # past the end of the file when torn; of a size unknown: the end of the file


@dataclass(slots=True)
class Contents:
    """What is in a file, up to its last whole frame."""

    codec: Codec | None = None
    config: bytes = b""
    started: float | None = None
    frames: int = 0
    last_ms: int = 0
    last_frame_ms: float = 0.0
    end: int = 0  # of the last whole frame
    torn: Element | None = field(default=None)  # the cluster whose end is missing

    @property
    def duration(self) -> float:
        """Seconds from the first frame's start to the last one's end, as far as is known."""
        return (self.last_ms + self.last_frame_ms) / 1000 if self.frames else 0.0


def scan(data: bytes) -> Contents:
    """Walk through a file."""
    found = Contents()
    base = 0
    if data[:4] != EBML.to_bytes(4, "big"):
        return found
    for item in _walk(data):
        if item.ident == CLUSTER:
            found.torn = item if item.end > len(data) else None
        if item.ident in _DESCEND:
            continue
        if item.end > len(data):
            break
        body = data[item.body : item.end]
        if item.ident == TIMESTAMP:
            base = int.from_bytes(body, "big")
        elif item.ident == SIMPLE_BLOCK and len(body) > 4:
            _count(found, item, base + struct.unpack_from(">h", body, 1)[0], body)
        else:
            _note(found, item.ident, body)
    return found


def blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Every whole frame: its time in milliseconds since the first one's, and its size in bytes."""
    base = 0
    if data[:4] != EBML.to_bytes(4, "big"):
        return
    for item in _walk(data):
        if item.ident in _DESCEND:
            continue
        if item.end > len(data):
            return
        if item.ident == TIMESTAMP:
            base = int.from_bytes(data[item.body : item.end], "big")
        elif item.ident == SIMPLE_BLOCK and item.end - item.body > 4:
            at_ms = base + struct.unpack_from(">h", data, item.body + 1)[0]
            yield max(at_ms, 0), item.end - item.body - 4


def first_cluster(data: bytes | bytearray) -> int | None:
    """Where the header ends and media begins; None where that has not come yet."""
    return next((item.start for item in _walk(data) if item.ident == CLUSTER), None)


def times(data: bytes | bytearray, cluster: Element) -> tuple[int, int | None]:
    """When a whole cluster begins, and its first key frame; milliseconds since the first frame."""
    base, at = 0, cluster.body
    while at < cluster.end and (item := element_at(data, at)) is not None:
        if item.ident == TIMESTAMP:
            base = int.from_bytes(data[item.body : item.end], "big")
        elif item.ident != SIMPLE_BLOCK or item.end - item.body < 4 or item.end > cluster.end:
            pass
        elif data[item.body + 3] & KEYFRAME:
            return base, base + struct.unpack_from(">h", data, item.body + 1)[0]
        at = item.end
    return base, None


def _note(found: Contents, ident: int, body: bytes) -> None:
    if ident == DATE_UTC and len(body) == 8:
        found.started = int.from_bytes(body, "big", signed=True) / 1e9 + DATE_EPOCH
    elif ident == CODEC_PRIVATE:
        found.config = body
    elif ident == CODEC_ID:
        found.codec = next((c for c, name in CODEC_IDS.items() if name.encode() == body), None)


def _count(found: Contents, item: Element, at_ms: int, body: bytes) -> None:
    if found.codec is Codec.OPUS:
        found.last_frame_ms = opus_duration(body[4:]) * 1000
    else:
        found.last_frame_ms = min(max(at_ms - found.last_ms, 0), _MAX_LAST_MS)
    found.frames += 1
    found.last_ms = at_ms
    found.end = item.end


def _walk(data: bytes | bytearray) -> Iterator[Element]:
    at = 0
    while (item := element_at(data, at)) is not None:
        yield item
        at = item.body if item.ident in _DESCEND else item.end


def element_at(data: bytes | bytearray, at: int) -> Element | None:
    """The element that begins there; None where no whole head of one is."""
    name = _length(data, at)
    size_at = at + name
    size = _length(data, size_at)
    body = size_at + size
    if not name or name > 4 or not size or body > len(data):
        return None
    ident = int.from_bytes(data[at:size_at], "big")
    value = int.from_bytes(data[size_at:body], "big") & (1 << 7 * size) - 1
    unknown = value == (1 << 7 * size) - 1
    return Element(ident, at, body, len(data) if unknown else body + value)


def _length(data: bytes | bytearray, at: int) -> int:
    """How many bytes the variable-length number at ``at`` has; 0 when there is none."""
    return 9 - data[at].bit_length() if at < len(data) and data[at] else 0
