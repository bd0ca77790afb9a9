"""People who call, answer, talk over the relays, advise and hang up."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field
from typing import Any

from tests.bench.rolling.people import Page, Refused, View
from tests.server.relay.light_client import LightClient, rtp_packet
from tests.server.relay.offers import OPUS
from tests.server.sessions.desk import advice_body, request_body

FRAME_S = 0.02
ADVISE_EVERY_S = 0.5
FAULTS = frozenset({"bad_message", "internal", "not_allowed"})
IN_ROOM = frozenset({"accepted", "live", "paused"})


@dataclass
class Diary:
    """What people have seen of their calls."""

    asked: list[str] = field(default_factory=list)  # sessions that were acknowledged
    taken: list[str] = field(default_factory=list)
    advised: list[str] = field(default_factory=list)  # entries that were acknowledged
    ended: list[str] = field(default_factory=list)
    silences: list[float] = field(default_factory=list)  # s, the longest of each call


class Voice:
    """One page's media: a sound every 20 ms, and what is heard of the other."""

    def __init__(self) -> None:
        self.longest = 0.0  # s without a sound from the other, once there was one
        self._client = LightClient()
        self._client.on_rtp = self._hear
        self._heard: float | None = None
        self._sending: asyncio.Task[None] | None = None

    async def join(self, page: Page, session: str) -> None:
        async def offer(sdp: str) -> str:
            while True:
                with contextlib.suppress(Refused):  # the relays are full or away: tried again
                    answer = await page.command("media.offer", {"session": session, "sdp": sdp})
                    return str(answer["sdp"])
                await asyncio.sleep(0.3)

        await self._client.connect(offer)
        self._sending = asyncio.create_task(self._send())

    async def close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        await self._client.close(politely=False)

    def _hear(self, _packet: bytes) -> None:
        now = asyncio.get_running_loop().time()
        if self._heard is not None:
            self.longest = max(self.longest, now - self._heard)
        self._heard = now

    async def _send(self) -> None:
        seq = 1
        while True:
            body = b"\x78" + b"sound" * 8
            packet = rtp_packet(OPUS, seq, seq * 960, self._client.ssrcs[0], body, True)
            with contextlib.suppress(OSError):
                self._client.send_rtp(packet)
            seq = seq % 65535 + 1
            await asyncio.sleep(FRAME_S)


class Mediator:
    """Calls, talks for some seconds, hangs up, and calls again."""

    def __init__(self, page: Page, diary: Diary, talks: tuple[float, float]) -> None:
        self._page = page
        self._diary = diary
        self._talks = talks

    async def work(self, stop: asyncio.Event) -> None:
        """Until told to stop, between two calls."""
        while not stop.is_set():
            await self._call()

    async def _call(self) -> None:
        page, diary = self._page, self._diary
        asked = await page.command("session.request", request_body(kind="consultation"))
        session = {"session": asked["session"]}
        diary.asked.append(asked["session"])
        await page.shown(lambda view: _media(view) == asked["session"])
        diary.taken.append(asked["session"])
        voice = Voice()
        try:
            await voice.join(page, asked["session"])
            await page.shown(lambda view: view["session"]["state"] == "live")
            await asyncio.sleep(random.uniform(*self._talks))
            await page.command("session.hang_up", session)
        finally:
            await voice.close()
        diary.silences.append(voice.longest)
        await page.command("session.finish", session)
        diary.ended.append(asked["session"])


class Lawyer:
    """On duty: takes what rings, advises while the talk lasts, closes its record."""

    def __init__(self, page: Page, diary: Diary) -> None:
        self._page = page
        self._diary = diary

    async def work(self) -> None:
        """For ever."""
        await self._page.command("duty.on")
        while True:
            view = await self._page.shown(lambda view: view["ringing"] is not None)
            try:
                await self._answer(view["ringing"]["id"])
            except Refused as refused:  # somebody else has taken it, or it was given up
                if str(refused) in FAULTS:
                    raise
            await asyncio.sleep(FRAME_S)

    async def _answer(self, session: str) -> None:
        page = self._page
        await page.command("call.accept", {"session": session, "recording": True})
        await page.shown(lambda view: _media(view) == session)
        voice = Voice()
        try:
            await voice.join(page, session)
            while _media(page.view) == session:
                await self._advise(session)
                await asyncio.sleep(ADVISE_EVERY_S)
        finally:
            await voice.close()
        await page.command("session.close", {"session": session, "reason": "已说明"})

    async def _advise(self, session: str) -> None:
        with contextlib.suppress(Refused):  # the talk has just ended
            answer = await self._page.command("advice.add", advice_body(session))
            self._diary.advised.append(str(answer["advice"]))


def _media(view: View) -> str | None:
    """The session in whose room one may be."""
    session: Any = view.get("session")
    there = session is not None and session["media"] is not None and session["state"] in IN_ROOM
    return str(session["id"]) if there else None
