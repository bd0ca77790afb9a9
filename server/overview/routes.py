"""/admin/overview and its figures."""

import re
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from server.overview.service import Overview
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.errors import ProtocolError
from signaling.rights import Action

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """What the handlers need."""

    overview: Overview

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Show the page."""
        somebody = principal(request)
        boot = {"csrf": somebody.csrf, "stations": await self.overview.stations()}
        return request.app[RENDERER].page("admin_overview.html", me=somebody, boot=boot)

    async def figures(self, request: web.Request) -> web.StreamResponse:
        """Answer with the plots' figures of a span."""
        asked = self.overview.question(
            _day(request, "from"), _day(request, "to"), _station(request)
        )
        return web.json_response(await self.overview.answer(asked))

    async def now(self, _request: web.Request) -> web.StreamResponse:
        """Answer with this moment's."""
        return web.json_response(await self.overview.now())


def routes(page: OverviewPage) -> list[Route]:
    """/admin/overview and /api/overview…"""
    return [
        route("GET", "/admin/overview", page.page, Action.READ_OVERVIEW),
        route("GET", "/api/overview", page.figures, Action.READ_OVERVIEW),
        route("GET", "/api/overview/now", page.now, Action.READ_OVERVIEW),
    ]


def _day(request: web.Request, name: str) -> date | None:
    text = request.query.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ProtocolError("bad_query", name) from None
    if not date(2000, 1, 1) <= day <= date(2100, 1, 1):
        raise ProtocolError("bad_query", name)
    return day


def _station(request: web.Request) -> str | None:
    text = request.query.get("station", "")
    if not text:
        return None
    if not _ID.fullmatch(text):
        raise ProtocolError("bad_query", "station")
    return text
