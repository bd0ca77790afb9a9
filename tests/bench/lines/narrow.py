"""A line of 1 Mbit/s that becomes one of 300 kbit/s, and is well again."""

import asyncio
import time
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, Caller, Meter, Watch, far_and_near
from tests.support.lines import line

_WATCHED_S = 10
_GIVEN_UP_S = 30.0
_LASTING = 3  # looks of half a second each


async def narrow(open_browser: OpenBrowser, folder: Path) -> list[tuple[str, float, str]]:
    """Seconds down and up again; the longest standstill and silence once it has adapted."""
    with line() as cable:
        cable.carry(1000)
        async with far_and_near(open_browser, folder, cable) as (near, far):
            await _reaches(far, 500)
            cable.carry(300)
            adapted = await _sends_at_most(near, 300)
            await asyncio.sleep(max(0.0, 5 - adapted))  # five seconds to adapt
            watch = await Watch.of(far, NEAR, _WATCHED_S)
            cable.carry(1000)
            recovered = await _reaches(far, 500)
    return [
        ("lines.adapt_s_300k", adapted, "s"),
        ("lines.kbps_300k", watch.kbps, "kbit/s"),
        ("lines.standstill_s_300k", watch.longest_standstill, "s"),
        ("lines.silence_ms_300k", watch.longest_gap * 1000, "ms"),
        ("lines.recover_s", recovered, "s"),
    ]


async def _reaches(caller: Caller, kbps: float) -> float:
    """Seconds until the picture that comes takes so much, and goes on to: no key frame alone."""
    meter = Meter(lambda: caller.video(NEAR))
    await meter.look()
    began, good = time.monotonic(), 0
    while (passed := time.monotonic() - began) < _GIVEN_UP_S and good < _LASTING:
        await asyncio.sleep(0.5)  # a rate is of a time
        good = good + 1 if (await meter.look())["kbps"] >= kbps else 0
    return passed


async def _sends_at_most(caller: Caller, kbps: float) -> float:
    """Seconds until the camera's encoder has been told to need no more."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < _GIVEN_UP_S:
        if sum(layer.get("targetBitrate") or 0 for layer in await caller.sent()) <= kbps * 1000:
            break
        await asyncio.sleep(0.1)
    return passed
