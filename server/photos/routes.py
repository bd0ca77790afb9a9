"""Photos over HTTP: given as they are, with what is said of them in headers.

A caption stands in a header and not in the address: addresses are logged by every proxy.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from aiohttp import web

from server.photos import rule
from server.photos.service import Gift, Photos
from server.web.asked import id_in_path
from server.web.bodies import read_bytes, read_message
from server.web.principal import principal
from server.web.routes import Route, route
from signaling.codec import Text, decode
from signaling.errors import ProtocolError
from signaling.rights import Action

CAPTION, PLACE = "X-Photo-Caption", "X-Photo-Place"
"""The caption, percent-encoded UTF-8; ``keep``: the place may stay in the photo."""


@dataclass(frozen=True, slots=True)
class _Said:
    caption: Annotated[str, Text(rule.MOST_CAPTION)]


@dataclass(frozen=True, slots=True)
class _TakenBack:
    """Why; wanted of a photo that was shown to all."""

    words: Annotated[str, Text(200)] = ""


_PHOTO = "/api/sessions/{session}/photos/{photo}"
_NO_COPY = {"Cache-Control": "no-store", "Content-Disposition": "inline"}


def routes(photos: Photos) -> list[Route]:
    """Return the routes of giving and looking."""

    async def give(request: web.Request) -> web.StreamResponse:
        gift = _gift(request)
        async with photos.giving(principal(request), gift.session):
            await photos.give(principal(request), gift, await _body(request))
        return web.json_response({"photo": gift.id}, status=201)

    async def look(request: web.Request, *, small: bool = False) -> web.StreamResponse:
        session, photo = id_in_path(request, "session"), id_in_path(request, "photo")
        return picture(await photos.look(principal(request), session, photo, small=small))

    async def take_back(request: web.Request) -> web.StreamResponse:
        session, photo = id_in_path(request, "session"), id_in_path(request, "photo")
        said = await read_message(request, _TakenBack)
        await photos.take_back(principal(request), session, photo, said.words)
        return web.json_response({})

    async def look_small(request: web.Request) -> web.StreamResponse:
        return await look(request, small=True)

    return [
        route("PUT", _PHOTO, give, Action.GIVE_PHOTO),
        route("POST", f"{_PHOTO}/taken-back", take_back, Action.TAKE_BACK_PHOTO),
        route("GET", _PHOTO, look, Action.SEE_PHOTOS),
        route("GET", f"{_PHOTO}/small", look_small, Action.SEE_PHOTOS),
    ]


def picture(data: bytes) -> web.Response:
    """Answer with a photo, of which no copy is to stay."""
    return web.Response(body=data, content_type="image/jpeg", headers=_NO_COPY)


def _gift(request: web.Request) -> Gift:
    keep = request.headers.get(PLACE, "") == "keep"
    photo, session = id_in_path(request, "photo"), id_in_path(request, "session")
    return Gift(photo, session, _caption(request.headers.get(CAPTION, "")), keep)


def _caption(header: str) -> str:
    try:
        said = {"caption": unquote(header, errors="strict")}
        return decode(_Said, said).caption
    except (UnicodeDecodeError, ProtocolError):
        raise rule.CaptionTooLong from None


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > rule.MOST_BYTES:
        raise rule.BadPhoto("photo_too_large")
    try:
        return await read_bytes(request, rule.MOST_BYTES)
    except ProtocolError:
        raise rule.BadPhoto("photo_too_large") from None
