"""JSON bodies to frozen messages."""

import json
from typing import TypeVar

from aiohttp import web

from signaling.codec import decode
from signaling.errors import ProtocolError

M = TypeVar("M")


async def read_message(request: web.Request, kind: type[M]) -> M:
    """Read the body as the message ``kind``.

    Raises ProtocolError ``bad_content_type | too_large | bad_json | bad_message``.
    """
    if request.content_type != "application/json":
        raise ProtocolError("bad_content_type", "application/json")
    try:
        value = json.loads(await request.read())
    except web.HTTPRequestEntityTooLarge:
        raise ProtocolError("too_large") from None
    except (ValueError, RecursionError):
        raise ProtocolError("bad_json") from None
    return decode(kind, value)


async def read_bytes(request: web.Request, most: int) -> bytes:
    """Read a body of at most ``most`` bytes, also where other bodies must be shorter."""
    parts, total = [], 0
    async for part in request.content.iter_chunked(64 * 1024):
        total += len(part)
        if total > most:
            raise ProtocolError("too_large")
        parts.append(part)
    return b"".join(parts)


def whole_number(request: web.Request, name: str, default: int, most: int = 10_000) -> int:
    """Read a number 1..``most`` from the query; ProtocolError ``bad_query`` for anything else."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise ProtocolError("bad_query", name)
    return int(text)
