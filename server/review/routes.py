"""Review over HTTP: pages for admins and supervisors, and the JSON behind them."""

from aiohttp import web

from server.review.filters import search_query
from server.review.segment_routes import segment_routes
from server.review.service import OpenViewing, Review
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.rights import Action

_NO_COPY = {"Cache-Control": "no-store"}
_VIEWING = "/api/viewings/{viewing}"
_PHOTO = f"{_VIEWING}/photos/{{photo}}"


def routes(review: Review) -> list[Route]:
    """Return the routes of search, session file and player."""

    async def sessions(request: web.Request) -> web.StreamResponse:
        return web.json_response(await review.search(search_query(_single(request))))

    async def session(request: web.Request) -> web.StreamResponse:
        return web.json_response(
            await review.detail(principal(request), id_in_path(request, "session"))
        )

    async def viewings(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, OpenViewing)
        opened = await review.open_viewing(
            principal(request), id_in_path(request, "session"), wanted
        )
        return web.json_response(opened, status=201)

    return [
        *_pages(review),
        route("GET", "/api/sessions", sessions, Action.SEARCH_SESSIONS),
        route("GET", "/api/sessions/{session}", session, Action.READ_SESSION),
        route("POST", "/api/sessions/{session}/viewings", viewings, Action.WATCH_RECORDING),
        *segment_routes(_VIEWING, review.segment, Action.WATCH_RECORDING),
        *_photos(review),
    ]


def _pages(review: Review) -> list[Route]:
    async def search_page(request: web.Request) -> web.StreamResponse:
        boot = await review.choices()
        return request.app[RENDERER].page("admin_sessions.html", me=principal(request), boot=boot)

    async def session_page(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        boot = {
            "session": id_in_path(request, "session"),
            "csrf": me.csrf,
            "name": me.name,
            "me": me.account_id,
        }
        return request.app[RENDERER].page("admin_session.html", me=me, boot=boot)

    return [
        route("GET", "/admin", search_page, Action.SEARCH_SESSIONS),
        route("GET", "/admin/sessions/{session}", session_page, Action.READ_SESSION),
    ]


def _photos(review: Review) -> list[Route]:
    async def photo(request: web.Request, *, small: bool = False) -> web.StreamResponse:
        viewing, wanted = id_in_path(request, "viewing"), id_in_path(request, "photo")
        data = await review.photo(principal(request), viewing, wanted, small=small)
        return web.Response(body=data, content_type="image/jpeg", headers=_NO_COPY)

    async def small_photo(request: web.Request) -> web.StreamResponse:
        return await photo(request, small=True)

    return [
        route("GET", _PHOTO, photo, Action.WATCH_RECORDING),
        route("GET", f"{_PHOTO}/small", small_photo, Action.WATCH_RECORDING),
    ]


def _single(request: web.Request) -> dict[str, str]:
    # Of a parameter that is given twice the last one counts, as in a form that was sent again.
    return dict(request.query.items())
