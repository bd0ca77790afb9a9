"""Files in parts: which bytes a browser asks for, and sending them; it keeps no copy."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import ClientConnectionResetError, web

from signaling.errors import ProtocolError

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")

Read = Callable[[int, int], Iterator[bytes]]
"""Gives the bytes from the first to the last, both included, in chunks; reads the disk."""


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


async def send_range(
    request: web.Request, size: int, content_type: str, read: Read, disposition: str = "inline"
) -> web.StreamResponse:
    """Send the whole, or the part of it that was asked for.

    Raises ProtocolError ``bad_range``.
    """
    asked = span(request.headers.get("Range"), size)
    headers = _headers(asked, content_type) | {"Content-Disposition": disposition}
    response = web.StreamResponse(status=206 if asked.partial else 200, headers=headers)
    return await _send(request, response, read(asked.first, asked.last))


async def send_chunks(
    request: web.Request, content_type: str, chunks: Iterator[bytes]
) -> web.StreamResponse:
    """Send what comes, of a length that is not known before."""
    headers = {"Content-Type": content_type, "Cache-Control": "no-store"}
    return await _send(request, web.StreamResponse(headers=headers), chunks)


async def _send(
    request: web.Request, response: web.StreamResponse, chunks: Iterator[bytes]
) -> web.StreamResponse:
    await response.prepare(request)
    with suppress(ClientConnectionResetError):  # who seeks breaks off what is on its way
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
    }
    if asked.partial:
        headers["Content-Range"] = f"bytes {asked.first}-{asked.last}/{asked.size}"
    return headers
