"""The wall of stations' health, and what a terminal says of itself.

A terminal speaks with its device's key alone: in the morning nobody is signed in there yet.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol

from aiohttp import web

from server.health.parts import SelfTestDone
from server.health.service import Health
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import PUBLIC, Route, route
from signaling.codec import Text
from signaling.errors import NotAllowed
from signaling.rights import Action


class Terminal(Protocol):
    """An enrolled device and its station."""

    @property
    def device_id(self) -> str:
        """The device's id."""

    @property
    def station_id(self) -> str:
        """Its station's id."""


TerminalOf = Callable[[Mapping[str, str]], Awaitable[Terminal | None]]
"""From a request's cookies to the terminal that holds them."""


@dataclass(frozen=True, slots=True)
class LineOffer:
    """A terminal's offer for a line to try out."""

    sdp: Annotated[str, Text(65_536, 1)]


@dataclass(frozen=True, slots=True)
class Pages:
    """What the handlers need."""

    health: Health
    terminal_of: TerminalOf

    async def wall_page(self, request: web.Request) -> web.StreamResponse:
        """Show the wall."""
        return _page(request, "admin_health.html", {})

    async def station_page(self, request: web.Request) -> web.StreamResponse:
        """Show one station's history."""
        return _page(request, "admin_health.html", {"station": id_in_path(request, "id")})

    async def wall(self, _request: web.Request) -> web.StreamResponse:
        """Answer with every station."""
        return web.json_response({"items": await self.health.wall()})

    async def station(self, request: web.Request) -> web.StreamResponse:
        """Answer with one station and its tests."""
        return web.json_response(await self.health.station(id_in_path(request, "id")))

    async def check_in(self, request: web.Request) -> web.StreamResponse:
        """Answer a terminal that is switched on."""
        terminal = await self._terminal(request)
        return web.json_response(await self.health.check_in(terminal.device_id))

    async def try_line(self, request: web.Request) -> web.StreamResponse:
        """Answer a terminal's offer: a line to a relay for some seconds."""
        terminal = await self._terminal(request)
        body = await read_message(request, LineOffer)
        return web.json_response({"sdp": await self.health.open_line(terminal.device_id, body.sdp)})

    async def take_test(self, request: web.Request) -> web.StreamResponse:
        """Keep a terminal's self-test; answer with it in words."""
        terminal = await self._terminal(request)
        body = await read_message(request, SelfTestDone)
        kept = await self.health.take_test(terminal.device_id, terminal.station_id, body)
        return web.json_response(kept, status=201)

    async def _terminal(self, request: web.Request) -> Terminal:
        terminal = await self.terminal_of(request.cookies)
        if terminal is None:
            raise NotAllowed("no_terminal", "这台设备还没有登记，或登记已被注销。")
        return terminal


def routes(pages: Pages) -> list[Route]:
    """/admin/health…, /api/health… and /api/terminal/…"""
    return [
        route("GET", "/admin/health", pages.wall_page, Action.WATCH_HEALTH),
        route("GET", "/admin/health/{id}", pages.station_page, Action.WATCH_HEALTH),
        route("GET", "/api/health", pages.wall, Action.WATCH_HEALTH),
        route("GET", "/api/health/{id}", pages.station, Action.WATCH_HEALTH),
        route("POST", "/api/terminal/check-in", pages.check_in, PUBLIC),
        route("POST", "/api/terminal/line", pages.try_line, PUBLIC),
        route("POST", "/api/terminal/self-tests", pages.take_test, PUBLIC),
    ]


def _page(request: web.Request, template: str, more: Mapping[str, str]) -> web.StreamResponse:
    somebody = principal(request)
    boot = {"csrf": somebody.csrf, **more}
    return request.app[RENDERER].page(template, me=somebody, boot=boot)
