"""Recorded talks apart over HTTP: the list on a session's page, watching one, the policy."""

from aiohttp import web

from recordings.model import TrackKind
from server.review.apart import Apart, AskToWatch, Decide
from server.review.apart_policy import ApartRule, SetPolicy
from server.review.media import Opened, send
from server.web.asked import id_in_path, seconds_in_query
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.routes import Route, route
from signaling.errors import NotFound
from signaling.rights import Action

_NO_COPY = {"Cache-Control": "no-store"}
_VIEWING = "/api/apart-viewings/{viewing}"
_SEGMENT = f"{_VIEWING}/segments/{{segment}}"


def apart_routes(apart: Apart, policy: ApartRule) -> list[Route]:
    """Return the routes of recorded talks apart."""
    return [*_reading(apart), *_watching(apart), *_policy(policy)]


def _reading(apart: Apart) -> list[Route]:
    async def of_session(request: web.Request) -> web.StreamResponse:
        found = await apart.of_session(principal(request), id_in_path(request, "session"))
        return web.json_response(found)

    async def ask(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, AskToWatch)
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


def _watching(apart: Apart) -> list[Route]:
    async def found(request: web.Request) -> Opened:
        return await apart.segment(
            principal(request), id_in_path(request, "viewing"), id_in_path(request, "segment")
        )

    async def segment(request: web.Request) -> web.StreamResponse:
        since = seconds_in_query(request, "since")
        return await send(request, await (await found(request)).playable(), since)

    async def voice(request: web.Request) -> web.StreamResponse:
        media = await found(request)
        if media.track != TrackKind.MICROPHONE:
            raise NotFound
        told = {"levels": "".join(str(level) for level in await media.voice())}
        return web.json_response(told, headers=_NO_COPY)

    async def picture(request: web.Request) -> web.StreamResponse:
        media = await found(request)
        if media.track == TrackKind.MICROPHONE:
            raise NotFound
        return web.Response(body=await media.picture(), content_type="image/jpeg", headers=_NO_COPY)

    return [
        route("GET", _SEGMENT, segment, Action.WATCH_APART),
        route("GET", f"{_SEGMENT}/voice", voice, Action.WATCH_APART),
        route("GET", f"{_SEGMENT}/picture", picture, Action.WATCH_APART),
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
