"""Beep and flash through two browsers, the relay and the recorder, for as long as one likes.

``BENCH_MINUTES=60 make bench ONLY=drift``; two minutes unless set. Each event is made at a known
moment of the wall clock, so what is found says whether anything is missing, whether picture and
sound are together, and whether any track drifts from the wall clock.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from recordings.model import TrackKind
from tests.bench.drift.reading import beeps, figures, flashes, made_in_time, person
from tests.conftest import OpenBrowser
from tests.e2e.actors import (
    DESK_SCREEN,
    TERMINAL_SCREEN,
    Lawyer,
    Mediator,
    demo_accounts,
    live,
    new_page,
    terminal_code,
)
from tests.e2e.recorded import tracks
from tests.e2e.store import one_session, rows
from tests.support.browser import Outside, chromium
from tests.support.media import Persona
from tests.support.service import Service, running_service
from tests.support.waiting import eventually

_PATTERN = Path(__file__).with_name("pattern.js")
Made = dict[str, dict[str, float]]
_EDGE_S = 3.0  # at both ends somebody still joins or leaves


async def run() -> list[tuple[str, float, str]]:
    """Talk for BENCH_MINUTES, then read the recording."""
    minutes = float(os.environ.get("BENCH_MINUTES", "2"))
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        async with running_service(Path(folder)) as service, _browsers() as open_browser:
            made = await _talk(service, open_browser, minutes)
            session = one_session(service.data)["id"]
            found = await asyncio.to_thread(_read, service.data, session, made)
    return [("drift.minutes", minutes, "min"), *found]


async def _talk(service: Service, open_browser: OpenBrowser, minutes: float) -> dict[str, Made]:
    """What each page has made, by role."""
    accounts = demo_accounts(service.data)
    lawyer = Lawyer(await new_page(await open_browser(), DESK_SCREEN), service)
    mediator = Mediator(await new_page(await open_browser(), TERMINAL_SCREEN), service)
    for actor in (lawyer, mediator):
        await actor.page.add_init_script(path=_PATTERN)
    await lawyer.go_on_duty(accounts["lawyer1"])
    await mediator.open_terminal(terminal_code(service), accounts["mediator01"])
    await mediator.call("王建国")
    await lawyer.answer()
    await live(lawyer, mediator)
    await lawyer.recording()
    await asyncio.sleep(minutes * 60)
    pages = {"lawyer": lawyer.page, "mediator": mediator.page}
    made = {role: await page.evaluate("window.yuntiaoMade") for role, page in pages.items()}
    await lawyer.hang_up()

    folder = service.data / "recordings"
    await eventually(lambda: not list(folder.rglob("*.part")), 300, "the recording is sealed")
    return made


def _read(data: Path, session: str, made: dict[str, Made]) -> list[tuple[str, float, str]]:
    found = tracks(data / "recordings" / session)
    begin = max(track.segments[0].start for track in found.values()) + _EDGE_S
    end = min(track.segments[-1].end for track in found.values()) - _EDGE_S
    return figures(
        [
            person(
                flashes(found[row["id"], TrackKind.CAMERA]),
                beeps(found[row["id"], TrackKind.MICROPHONE]),
                made_in_time(made[row["role"]], begin, end),
            )
            for row in rows(data, "SELECT id, role FROM participant")
        ]
    )


@contextlib.asynccontextmanager
async def _browsers() -> AsyncIterator[OpenBrowser]:
    async with async_playwright() as playwright, contextlib.AsyncExitStack() as opened:

        async def open_one(
            persona: Persona | None = None, outside: Outside | None = None
        ) -> Browser:
            return await opened.enter_async_context(chromium(playwright, None, outside))

        yield open_one
