"""Calls through a relay alone, some of their pages at the far end of a line.

The pages make the same peer connections as the service's own; who they are is the test's word.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Page

from tests.conftest import OpenBrowser
from tests.server.relay.relays import ROOM, SESSION, Control, running_relay
from tests.support.browser import Outside
from tests.support.firefox import FirefoxPage
from tests.support.lines import Line
from tests.support.media import BUSY, MEDIATOR
from tests.support.ports import free_port
from tests.support.waiting import eventually

_STATIC = Path(__file__).parents[2] / "web" / "static"
Figures = dict[str, Any]

SAMPLES_A_SECOND = 48_000
NEAR, FAR, BESIDE = 0, 1, 2


class Caller:
    """One page in the call."""

    def __init__(self, page: Page | FirefoxPage, place: int) -> None:
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

    async def crowd(self) -> None:
        """Send the camera in all its sizes, as pages do with three people and more."""
        await self.page.evaluate("crowd()")

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


@dataclass
class Watch:
    """What one page notices of another over a time, looked at ten times a second."""

    longest_standstill: float = 0.0  # seconds without a new picture
    longest_gap: float = 0.0  # seconds of sound that was made up rather than heard
    made_up: float = 0.0  # share of the sound
    kbps: float = 0.0  # of the picture
    frozen: float = 0.0  # share of the time, as the browser counts standstills
    _gap: float = 0.0

    @classmethod
    async def of(cls, caller: Caller, place: int, seconds: float) -> "Watch":
        watch = cls()
        sound, picture = Meter(lambda: caller.audio(place)), Meter(lambda: caller.video(place))
        await sound.look()
        await picture.look()
        frames, since = picture.last["framesDecoded"], time.monotonic()
        heard = made_up = 0.0
        began, first = since, picture.last
        while (now := time.monotonic()) < began + seconds:
            figures = await sound.look()
            heard += figures["totalSamplesReceived"]
            made_up += figures["concealedSamples"]
            watch._hear(figures)
            await picture.look()
            if picture.last["framesDecoded"] != frames:
                frames, since = picture.last["framesDecoded"], now
            watch.longest_standstill = max(watch.longest_standstill, now - since)
            await asyncio.sleep(0.1)  # a figure is of a time
        watch.made_up = made_up / heard
        passed = time.monotonic() - began
        octets = picture.last["bytesReceived"] - first["bytesReceived"]
        frozen = picture.last["totalFreezesDuration"] - first["totalFreezesDuration"]
        watch.kbps, watch.frozen = octets * 8 / 1000 / passed, frozen / passed
        return watch

    def _hear(self, figures: Figures) -> None:
        # One lost packet is 20 ms between others; a gap goes on from one look to the next.
        made_up = figures["concealedSamples"]
        goes_on = made_up > figures["totalSamplesReceived"] / 2
        self._gap = self._gap + made_up / SAMPLES_A_SECOND if goes_on else 0.0
        self.longest_gap = max(self.longest_gap, self._gap)


@contextlib.asynccontextmanager
async def far_and_near(
    open_browser: OpenBrowser, folder: Path, cable: Line
) -> AsyncIterator[tuple[Caller, Caller]]:
    """Somebody here with a picture that costs bits, and somebody at the end of the line."""
    async with far_near_and_beside(open_browser, folder, cable) as (near, far, _):
        yield near, far


@contextlib.asynccontextmanager
async def far_near_and_beside(
    open_browser: OpenBrowser, folder: Path, cable: Line, crowded: bool = False
) -> AsyncIterator[tuple[Caller, Caller, Caller | None]]:
    """The same, and if it is crowded a third one who only looks on, on a line without end."""
    port = free_port()
    async with line_call(folder, port, "127.0.0.1", cable.server) as call:
        outside = Outside(cable, f"http://{cable.server}:{port}", folder)
        near = await call.caller(await open_browser(BUSY), NEAR, "127.0.0.1")
        far = await call.caller(await open_browser(MEDIATOR, outside), FAR, cable.server)
        await near.join()
        await far.join()
        await far.sees(NEAR)
        beside = None
        if crowded:
            beside = await call.caller(await open_browser(None), BESIDE, "127.0.0.1")
            await beside.join(publishes=False)
            await near.crowd()
            await beside.sees(NEAR)
        yield near, far, beside
