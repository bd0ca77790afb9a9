"""Recorded talks apart over HTTP: the list on a session's page, watching one, the policy."""

from aiohttp import web

from server.review.apart import Apart, Decide
from server.review.apart_policy import ApartRule, SetPolicy
from server.review.segment_routes import segment_routes
from server.review.service import OpenViewing
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.routes import Route, route
from signaling.rights import Action

_VIEWING = "/api/apart-viewings/{viewing}"


def apart_routes(apart: Apart, policy: ApartRule) -> list[Route]:
    """Return the routes of recorded talks apart."""
    return [
        *_reading(apart),
        *segment_routes(_VIEWING, apart.segment, Action.WATCH_APART),
        *_policy(policy),
    ]


def _reading(apart: Apart) -> list[Route]:
    async def of_session(request: web.Request) -> web.StreamResponse:
        found = await apart.of_session(principal(request), id_in_path(request, "session"))
        return web.json_response(found)

    async def ask(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, OpenViewing)
        asked = await apart.ask(principal(request), id_in_path(request, "recording"), wanted)
        return web.json_response(asked, status=201)

    async def decide(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, Decide)
        await apart.decide(principal(request), id_in_path(request, "viewing"), wanted)
        return web.Response(status=204)

    async def opened(request: web.Request) -> web.StreamResponse:
        found = await apart.open(principal(request), id_in_path(request, "viewing"))
        return web.json_response(found, status=201)

    return [
        route("GET", "/api/sessions/{session}/apart", of_session, Action.KNOW_APART),
        route("POST", "/api/apart/{recording}/viewings", ask, Action.WATCH_APART),
        route("POST", f"{_VIEWING}/decision", decide, Action.APPROVE_APART),
        route("POST", f"{_VIEWING}/openings", opened, Action.WATCH_APART),
    ]


def _policy(policy: ApartRule) -> list[Route]:
    async def now(_request: web.Request) -> web.StreamResponse:
        return web.json_response(await policy.now())

    async def set_policy(request: web.Request) -> web.StreamResponse:
        await policy.set(principal(request), await read_message(request, SetPolicy))
        return web.Response(status=204)

    return [
        route("GET", "/api/apart-policy", now, Action.READ_RETENTION),
        route("PUT", "/api/apart-policy", set_policy, Action.MANAGE_APART),
    ]
