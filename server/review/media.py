"""Bytes of a segment: which part was asked for, and sending it.

Where the file is, and that it lies in its session's folder, is ``recordings.playback``'s to say;
the name it looks for comes from the database row alone.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable, Playable, playable
from recordings.records import Segment as Record
from server.storage.schema import Segment
from signaling.errors import NotFound, ProtocolError

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


class SegmentMissing(NotFound):
    """The row is there, its file is not or is damaged: somebody must look."""

    code = "segment_missing"
    message = "这一段录像的文件无法读取，请联系管理员。"


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes ``first``..``last`` of ``size`` bytes, both included; empty: ``last`` before."""

    first: int
    last: int
    size: int
    partial: bool

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def span(header: str | None, size: int) -> Span:
    """Read a Range header; without one the span is the whole file.

    Raises ProtocolError ``bad_range``: not one range of bytes, or none of it in the file.
    """
    if header is None:
        return Span(0, size - 1, size, partial=False)
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.group(1, 2) == ("", ""):
        raise ProtocolError("bad_range", "one range of bytes is wanted")
    first, last = match.group(1, 2)
    if not first:
        start, end = max(size - int(last), 0), size - 1
    else:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    if start > end:
        raise ProtocolError("bad_range", f"the segment has {size} bytes")
    return Span(start, end, size, partial=True)


async def open_segment(recordings: Path, segment: Segment) -> Playable:
    """Open a segment for a browser; raise SegmentMissing where that cannot be done."""
    try:
        return await asyncio.to_thread(
            playable, recordings / segment.session_id, record_of(segment)
        )
    except NotPlayable:
        raise SegmentMissing from None


def record_of(segment: Segment) -> Record:
    """Return the row as the journal's record of it."""
    return Record(
        participant=segment.participant_id,
        track=TrackKind(segment.track),
        index=segment.index,
        file=segment.file,
        codec=Codec(segment.codec),
        start=segment.start_at.timestamp(),
        duration=segment.seconds,
        frames=segment.frames,
        lost_packets=0,
        bytes=segment.bytes,
        sha256=segment.sha256,
        recovered=False,
    )


async def send(request: web.Request, media: Playable) -> web.StreamResponse:
    """Send the segment, or the part of it that was asked for; browsers keep no copy."""
    asked = span(request.headers.get("Range"), media.size)
    response = web.StreamResponse(
        status=206 if asked.partial else 200, headers=_headers(asked, media.content_type)
    )
    await response.prepare(request)
    chunks = media.read(asked.first, asked.last)
    while (chunk := await asyncio.to_thread(_next, chunks)) is not None:
        await response.write(chunk)
    await response.write_eof()
    return response


def _next(chunks: Iterator[bytes]) -> bytes | None:
    return next(chunks, None)


def _headers(asked: Span, content_type: str) -> dict[str, str]:
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "no-store",
        "Accept-Ranges": "bytes",
        "Content-Length": str(asked.length),
        "Content-Disposition": "inline",
    }
    if asked.partial:
        headers["Content-Range"] = f"bytes {asked.first}-{asked.last}/{asked.size}"
    return headers
