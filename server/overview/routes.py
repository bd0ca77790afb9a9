"""/admin/overview and its figures."""

from dataclasses import dataclass

from aiohttp import web

from server.overview.service import Overview
from server.web.asked import day_in_query, id_in_query
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.rights import Action


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
            day_in_query(request, "from"),
            day_in_query(request, "to"),
            id_in_query(request, "station"),
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
