"""Bytes of a segment: where its file is, which part was asked for, and sending it.

The path comes from the database row alone, and must still lie in its session's folder when every
link in it has been followed.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from server.storage.schema import Segment
from signaling.errors import NotFound, ProtocolError

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class SegmentMissing(NotFound):
    """The row is there, the file is not: somebody must look."""

    code = "segment_missing"
    message = "这一段录像的文件不在了，请联系管理员。"


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes ``first``..``last`` of a file of ``size`` bytes, both included."""

    first: int
    last: int
    size: int
    partial: bool

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def locate(recordings: Path, segment: Segment) -> Path:
    """Return the segment's file; raise SegmentMissing where there is none in its folder."""
    folder = recordings.resolve() / segment.session_id
    try:
        path = (folder / segment.file).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise SegmentMissing from None
    if not path.is_relative_to(folder) or not path.is_file():
        raise SegmentMissing
    return path


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


async def send(request: web.Request, path: Path, mime: str) -> web.StreamResponse:
    """Send the file, or the part of it that was asked for; browsers keep no copy."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        size = path.stat().st_size
        asked = span(request.headers.get("Range"), size)
        response = web.StreamResponse(status=206 if asked.partial else 200, headers=_headers(asked))
        response.headers["Content-Type"] = mime
        await response.prepare(request)
        await asyncio.to_thread(file.seek, asked.first)
        left = asked.length
        while left > 0 and (chunk := await asyncio.to_thread(file.read, min(_CHUNK, left))):
            await response.write(chunk)
            left -= len(chunk)
        await response.write_eof()
        return response
    finally:
        await asyncio.to_thread(file.close)


def _headers(asked: Span) -> dict[str, str]:
    headers = {
        "Cache-Control": "no-store",
        "Accept-Ranges": "bytes",
        "Content-Length": str(asked.length),
        "Content-Disposition": "inline",
    }
    if asked.partial:
        headers["Content-Range"] = f"bytes {asked.first}-{asked.last}/{asked.size}"
    return headers
