"""Firefox and Chromium in one room: each sees and hears the other."""

import contextlib
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import Caller, line_call
from tests.support.firefox import firefox
from tests.support.lines import line
from tests.support.media import LAWYER
from tests.support.ports import free_port
from tests.support.waiting import eventually

CHROMIUM, FIREFOX = 0, 1


async def _hears(caller: Caller, place: int) -> None:
    async def heard() -> bool:
        return bool((await caller.audio(place)).get("totalAudioEnergy", 0) > 0.001)

    await eventually(heard, 20, f"place {place} is heard at {caller.place}")


async def test_firefox_and_chromium(open_browser: OpenBrowser, tmp_path: Path) -> None:
    port = free_port()
    async with contextlib.AsyncExitStack() as stack:
        # Firefox does without the loopback device; the near end of a cable is ours as well.
        cable = stack.enter_context(line())
        call = await stack.enter_async_context(line_call(tmp_path, port, "127.0.0.1", cable.server))
        page = await stack.enter_async_context(firefox(tmp_path))
        chromium = await call.caller(await open_browser(LAWYER), CHROMIUM, "127.0.0.1")
        await page.goto(f"http://127.0.0.1:{port}/")
        other = Caller(page, FIREFOX)
        await chromium.join()
        await other.join()
        for caller, place in ((chromium, FIREFOX), (other, CHROMIUM)):
            await caller.sees(place, 30)
            await _hears(caller, place)
        await other.crowd()  # with a third one it would send its layers
        before = (await chromium.video(FIREFOX))["framesDecoded"]
        await chromium.sees(FIREFOX, before + 30)
