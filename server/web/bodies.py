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


def whole_number(request: web.Request, name: str, default: int, most: int = 10_000) -> int:
    """Read a number 1..``most`` from the query; ProtocolError ``bad_query`` for anything else."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise ProtocolError("bad_query", name)
    return int(text)
