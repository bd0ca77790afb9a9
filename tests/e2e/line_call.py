"""Calls through a relay alone, some of their pages at the far end of a line.

The pages make the same peer connections as the service's own; who they are is the test's word.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Page

from tests.server.relay.relays import ROOM, SESSION, Control, running_relay
from tests.support.waiting import eventually

_STATIC = Path(__file__).parents[2] / "web" / "static"
Figures = dict[str, Any]


class Caller:
    """One page in the call."""

    def __init__(self, page: Page, place: int) -> None:
        self.page = page
        self.place = place
        self.peer = f"{place + 1:032x}"

    async def join(self, publishes: bool = True) -> None:
        arguments = [self.peer, self.place, ROOM, publishes]
        await self.page.evaluate("(words) => join(...words)", arguments)

    async def video(self, place: int) -> Figures:
        """The raw inbound figures of somebody's picture; empty before the first packet."""
        found = await self.page.evaluate("place => received(place)", place)
        return found["video"] or {}

    async def audio(self, place: int) -> Figures:
        found = await self.page.evaluate("place => received(place)", place)
        return found["audio"] or {}

    async def sent(self) -> list[Figures]:
        found: list[Figures] = await self.page.evaluate("sent()")
        return found

    async def sees(self, place: int, frames: int = 10) -> None:
        """Wait until that many frames of somebody have been shown."""

        async def seen() -> bool:
            return bool((await self.video(place)).get("framesDecoded", 0) >= frames)

        await eventually(seen, 20, f"place {place} is seen at {self.place}")


class LineCall:
    """A room of a relay, and how to bring pages into it."""

    def __init__(self, control: Control, port: int) -> None:
        self.control = control
        self._port = port

    async def caller(self, browser: Browser, place: int, host: str) -> Caller:
        page = await browser.new_page()
        await page.goto(f"http://{host}:{self._port}/")
        return Caller(page, place)


@contextlib.asynccontextmanager
async def line_call(folder: Path, port: int, *addresses: str) -> AsyncIterator[LineCall]:
    """A recorded room; pages may come from any of our addresses."""
    async with running_relay(folder, announce=addresses) as control:
        body = {"recording": {"session": SESSION, "required": True}}
        await control.call("PUT", f"/rooms/{ROOM}", body)
        runner = web.AppRunner(_pages(control), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "0.0.0.0", port).start()
        try:
            yield LineCall(control, port)
        finally:
            await runner.cleanup()


def _pages(control: Control) -> web.Application:
    async def join(request: web.Request) -> web.Response:
        names = request.match_info
        offer = await request.text()
        status, answer = await control.join(
            names["peer"], int(names["place"]), offer, names["room"]
        )
        return web.json_response(answer, status=status)

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(Path(__file__).with_name("line_call.html"))

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/join/{room}/{peer}/{place}", join)])
    app.add_routes([web.static("/static", _STATIC)])
    return app


class Meter:
    """Figures of one stream against those of the last look."""

    def __init__(self, read: Callable[[], Any]) -> None:
        self._read = read
        self.last: Figures = {}

    async def look(self) -> Figures:
        """Return the differences since the last look, with ``kbps`` and ``seconds``."""
        now, before = await self._read(), self.last
        self.last = now
        numbers = (int, float)
        passed = {
            key: value - before.get(key, 0)
            for key, value in now.items()
            if isinstance(value, numbers) and not isinstance(value, bool)
        }
        seconds = passed.get("timestamp", 0) / 1000 if before else 0.0
        octets = passed.get("bytesReceived", passed.get("bytesSent", 0))
        return {**passed, "seconds": seconds, "kbps": octets * 8 / seconds / 1000 if seconds else 0}
