"""The seal of a recording over HTTP."""

import io
import re

import segno
from aiohttp import web

from server.evidence.panel import NotSealedYet, Panel
from server.web.principal import principal
from server.web.routes import Route, route
from signaling.errors import NotFound
from signaling.rights import Action

_ID = re.compile(r"[0-9a-f]{32}")


def routes(panel: Panel) -> list[Route]:
    """Return the routes of the seal."""

    async def seal(request: web.Request) -> web.StreamResponse:
        return web.json_response(await panel.seal(_id(request)))

    async def verify(request: web.Request) -> web.StreamResponse:
        return web.json_response(await panel.verify(principal(request), _id(request)))

    async def code(request: web.Request) -> web.StreamResponse:
        integrity = (await panel.seal(_id(request)))["integrity"]
        if integrity is None:
            raise NotSealedYet
        image = io.BytesIO()
        segno.make(integrity, error="m").save(image, kind="svg", scale=4, xmldecl=False)
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=image.getvalue(), content_type="image/svg+xml", headers=headers)

    return [
        route("GET", "/api/sessions/{session}/seal", seal, Action.READ_SESSION),
        route("GET", "/api/sessions/{session}/integrity.svg", code, Action.READ_SESSION),
        route("POST", "/api/sessions/{session}/verifications", verify, Action.VERIFY_RECORDING),
    ]


def _id(request: web.Request) -> str:
    value = request.match_info["session"]
    if not _ID.fullmatch(value):
        raise NotFound
    return value
