"""Giving people the integrity value, and checking one."""

import io

import segno
from aiohttp import web

from server.evidence.given import Given
from server.evidence.panel import NotSealedYet
from server.web.asked import id_in_path
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import PUBLIC, Route, route
from signaling.rights import Action

_NO_COPY = {"Cache-Control": "no-store"}
MOST_TYPED = 200


def routes(given: Given) -> list[Route]:
    """The terminal's value with its code, and /check for whoever holds one."""

    async def value(request: web.Request) -> web.StreamResponse:
        told = await given.at_terminal(principal(request), id_in_path(request, "session"))
        return web.json_response(dict(told), headers=_NO_COPY)

    async def code(request: web.Request) -> web.StreamResponse:
        told = await given.at_terminal(principal(request), id_in_path(request, "session"))
        if told["integrity"] is None:
            raise NotSealedYet
        image = io.BytesIO()
        segno.make(told["check"], error="m").save(image, kind="svg", scale=4, xmldecl=False)
        return web.Response(body=image.getvalue(), content_type="image/svg+xml", headers=_NO_COPY)

    async def check(request: web.Request) -> web.StreamResponse:
        typed = request.query.get("value", "")[:MOST_TYPED]
        known = await given.is_known(typed) if typed else None
        return request.app[RENDERER].page("check.html", typed=typed, known=known)

    own = "/api/terminal/sessions/{session}"
    return [
        route("GET", f"{own}/integrity", value, Action.USE_TERMINAL),
        route("GET", f"{own}/integrity.svg", code, Action.USE_TERMINAL),
        route("GET", "/check", check, PUBLIC),
    ]
