"""Calls at a steady rate, each to its end: requested, rung, taken, hung up, recorded, finished."""

import asyncio
import json
from dataclasses import dataclass, field

from tests.bench.dispatch.pages import Page

RINGS_WITHIN_S = 30.0
TALK_S = 2.0


@dataclass
class Load:
    """What came of it: seconds from request to ring for each call, and those that never rang."""

    rings: list[float] = field(default_factory=list)
    lost: int = 0
    seconds: float = 0.0


@dataclass
class Bells:
    """Who waits for which session to ring; rings that came before their request was answered."""

    waiting: dict[str, "asyncio.Future[tuple[float, Page]]"] = field(default_factory=dict)
    early: dict[str, tuple[float, Page]] = field(default_factory=dict)

    def listen(self, desk: Page) -> None:
        """Note what rings at this desk."""

        def seen(text: str) -> None:
            if '"ringing":null' in text:
                return
            now = asyncio.get_running_loop().time()
            session = json.loads(text[2:])[1]["ringing"]["id"]
            future = self.waiting.pop(session, None)
            if future is None:
                self.early.setdefault(session, (now, desk))
            elif not future.done():
                future.set_result((now, desk))

        desk.seen = seen

    async def rung(self, session: str) -> tuple[float, Page]:
        """Wait until somebody is rung for the session: when, and who."""
        if session in self.early:
            return self.early.pop(session)
        future: asyncio.Future[tuple[float, Page]] = asyncio.get_running_loop().create_future()
        self.waiting[session] = future
        async with asyncio.timeout(RINGS_WITHIN_S):
            return await future


async def run_calls(terminals: list[Page], desks: list[Page], rate: float, seconds: float) -> Load:
    """Make `rate` calls a second for so long, and wait until the last one is over."""
    load, bells, loop = Load(), Bells(), asyncio.get_running_loop()
    for desk in desks:
        bells.listen(desk)
    idle: asyncio.Queue[Page] = asyncio.Queue()
    for terminal in terminals:
        idle.put_nowait(terminal)
    calls, started = [], loop.time()
    for n in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, started + n / rate - loop.time()))
        calls.append(asyncio.create_task(_call(load, bells, idle)))
    await asyncio.gather(*calls)
    load.seconds = loop.time() - started
    return load


async def _call(load: Load, bells: Bells, idle: "asyncio.Queue[Page]") -> None:
    terminal = await idle.get()
    started = asyncio.get_running_loop().time()
    try:
        answer = await terminal.command("session.request", _request())
        session = {"session": answer["body"]["session"]}
        rang, desk = await bells.rung(session["session"])
        load.rings.append(rang - started)
        await desk.command("call.accept", {**session, "recording": True})
        await asyncio.sleep(TALK_S)
        await terminal.command("session.hang_up", session)
        await desk.command("session.close", {**session, "reason": "已说明"})
        await terminal.command("session.finish", session)
    except (TimeoutError, KeyError):
        load.lost += 1
    else:
        idle.put_nowait(terminal)


def _request() -> dict[str, object]:
    return {
        "kind": "consultation",
        "matter": "wages",
        "persons": [{"name": "某当事人", "recording": True, "lawyer_presence": True}],
        "notice": "1",
        "mediator_recording": True,
        "facts": "拖欠工资三个月",
    }
