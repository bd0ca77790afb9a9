"""Rating at the terminal, and by a link on a phone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from aiohttp import web

from server.feedback.reasons import CONTENT, LABELS, Rating, Reason
from server.feedback.service import LinkEnded, Ratings
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import PUBLIC, Route, route
from signaling.rights import Action

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class RatingPages:
    """What the handlers need; ``origins``: what people open, the first goes into links."""

    ratings: Ratings
    origins: Sequence[str]

    async def rate(self, request: web.Request) -> web.StreamResponse:
        """Keep a rating of the session that is on the terminal's screen."""
        rating = await read_message(request, Rating)
        kept = await self.ratings.rate_at_terminal(
            principal(request), id_in_path(request, "session"), rating
        )
        return web.json_response({"id": kept}, status=201)

    async def make_link(self, request: web.Request) -> web.StreamResponse:
        """Answer with a link and its code to be read by a phone."""
        token = await self.ratings.make_link(principal(request), id_in_path(request, "session"))
        link = f"{self.origins[0]}/rate/{token}"
        code = segno.make(link, error="m").svg_data_uri(scale=6, border=2)
        return web.json_response({"link": link, "code": code}, status=201)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Show the page of a link, also where it has ended: then it says so."""
        try:
            about = await self.ratings.about(_token(request))
        except LinkEnded as ended:
            about = {"ended": ended.message}
        boot = {"about": about, "reasons": reasons()}
        return request.app[RENDERER].page("rate.html", boot=boot)

    async def rate_by_link(self, request: web.Request) -> web.StreamResponse:
        """Keep a rating given by a link."""
        rating = await read_message(request, Rating)
        await self.ratings.rate_by_link(_token(request), rating)
        return web.Response(status=204)

    async def listed(self, _request: web.Request) -> web.StreamResponse:
        """Answer with the reasons that can be tapped."""
        return web.json_response({"items": reasons()})


def reasons() -> list[dict[str, str | bool]]:
    """Return the reasons as pages show them."""
    return [{"code": one.value, "name": LABELS[one], "content": one in CONTENT} for one in Reason]


def routes(pages: RatingPages) -> list[Route]:
    """/rate/…, /api/rate/…, and the terminal's."""
    return [
        route("GET", "/api/feedback-reasons", pages.listed, Action.RATE_SESSION),
        route("POST", "/api/sessions/{session}/feedback", pages.rate, Action.RATE_SESSION),
        route(
            "POST", "/api/sessions/{session}/feedback-links", pages.make_link, Action.RATE_SESSION
        ),
        route("GET", "/rate/{token}", pages.page, PUBLIC),
        route("POST", "/api/rate/{token}", pages.rate_by_link, PUBLIC),
    ]


def _token(request: web.Request) -> str:
    value = request.match_info["token"]
    if not _TOKEN.fullmatch(value):
        raise LinkEnded
    return value
