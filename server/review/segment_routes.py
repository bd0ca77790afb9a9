"""The bytes of what a viewing opens: a segment, who spoke in it, and a small picture of it."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from recordings.model import TrackKind
from server.review.media import Opened, send
from server.web.asked import id_in_path, seconds_in_query
from server.web.principal import Principal, principal
from server.web.routes import Route, route
from signaling.errors import NotFound
from signaling.rights import Action

_NO_COPY = {"Cache-Control": "no-store"}

Find = Callable[[Principal, str, str], Awaitable[Opened]]
"""Gives a segment, by the ids of the viewing and its own, that this viewing still opens."""


def segment_routes(viewing: str, find: Find, action: Action) -> list[Route]:
    """Return the routes below the path of a viewing, which names ``{viewing}``."""

    async def opened(request: web.Request) -> Opened:
        return await find(
            principal(request), id_in_path(request, "viewing"), id_in_path(request, "segment")
        )

    async def segment(request: web.Request) -> web.StreamResponse:
        since = seconds_in_query(request, "since")
        return await send(request, await (await opened(request)).playable(), since)

    async def voice(request: web.Request) -> web.StreamResponse:
        found = await opened(request)
        if found.track != TrackKind.MICROPHONE:
            raise NotFound
        told = {"levels": "".join(str(level) for level in await found.voice())}
        return web.json_response(told, headers=_NO_COPY)

    async def picture(request: web.Request) -> web.StreamResponse:
        found = await opened(request)
        if found.track == TrackKind.MICROPHONE:
            raise NotFound
        data = await found.picture()
        return web.Response(body=data, content_type="image/jpeg", headers=_NO_COPY)

    path = f"{viewing}/segments/{{segment}}"
    return [
        route("GET", path, segment, action),
        route("GET", f"{path}/voice", voice, action),
        route("GET", f"{path}/picture", picture, action),
    ]
