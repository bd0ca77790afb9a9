"""The seal of a recording over HTTP."""

import io

import segno
from aiohttp import web

from server.evidence.panel import NotSealedYet, Panel
from server.web.asked import id_in_path
from server.web.principal import principal
from server.web.routes import Route, route
from signaling.rights import Action


def routes(panel: Panel) -> list[Route]:
    """Return the routes of the seal."""

    async def seal(request: web.Request) -> web.StreamResponse:
        return web.json_response(await panel.seal(id_in_path(request, "session")))

    async def verify(request: web.Request) -> web.StreamResponse:
        return web.json_response(
            await panel.verify(principal(request), id_in_path(request, "session"))
        )

    async def code(request: web.Request) -> web.StreamResponse:
        integrity = (await panel.seal(id_in_path(request, "session")))["integrity"]
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
