"""Pages that call through a relay, served as the web process will serve them."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Browser, Page

from tests.server.relay.relays import ROOM, Control


@contextlib.asynccontextmanager
async def calling_page(control: Control) -> AsyncIterator[str]:
    """The address of a page with ``join(peer, place, room)``; its offers go to the relay."""

    async def join(request: web.Request) -> web.Response:
        names = request.match_info
        offer = await request.text()
        status, answer = await control.join(
            names["peer"], int(names["place"]), offer, names["room"]
        )
        return web.json_response(answer, status=status)

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(Path(__file__).with_name("call.html"))

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/join/{room}/{peer}/{place}", join)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


class Caller:
    """One page in a call."""

    def __init__(self, page: Page, peer: str, place: int) -> None:
        self.page = page
        self.peer = peer
        self.place = place

    @classmethod
    async def open(cls, browser: Browser, address: str, place: int) -> "Caller":
        page = await browser.new_page()
        await page.goto(address)
        return cls(page, f"{place + 1:032x}", place)

    async def join(self, room: str = ROOM) -> None:
        await self.page.evaluate(
            "([peer, place, room]) => join(peer, place, room)", [self.peer, self.place, room]
        )

    async def received(self, place: int) -> dict[str, Any]:
        stats: dict[str, Any] = await self.page.evaluate("place => received(place)", place)
        return stats

    async def frames(self, place: int) -> int:
        stats = await self.received(place)
        return int(stats.get("video", {}).get("framesDecoded", 0))

    async def sees(self, place: int, frames: int = 30) -> bool:
        """Whether that many frames of a place have been shown, and its sound is no silence."""
        stats = await self.received(place)
        energy = stats.get("audio", {}).get("totalAudioEnergy", 0.0)
        return await self.frames(place) >= frames and energy > 0.001
