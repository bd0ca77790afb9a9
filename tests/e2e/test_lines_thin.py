"""A thin line: the sound goes on, the picture fits, and grows again with the line.

How fast and how well is measured by `make bench ONLY=lines`, on a machine that does nothing else.
"""

import asyncio
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, Caller, Meter, far_and_near
from tests.support.lines import line
from tests.support.waiting import eventually


async def _within(caller: Caller, seconds: float, low: float, high: float, what: str) -> None:
    """Wait until the picture that comes from NEAR takes between so many kbit/s."""
    meter = Meter(lambda: caller.video(NEAR))
    await meter.look()

    async def fits() -> bool:
        await asyncio.sleep(0.5)  # a rate is of a time
        kbps: float = (await meter.look())["kbps"]
        return low <= kbps <= high

    await eventually(fits, seconds, what)


async def test_a_line_that_becomes_thin_and_well_again(
    open_browser: OpenBrowser, tmp_path: Path
) -> None:
    with line() as cable:
        cable.carry(1000)
        async with far_and_near(open_browser, tmp_path, cable) as (near, far):
            await _within(far, 20, 500, 1000, "the line of 1 Mbit/s is used")
            cable.carry(300)
            await _sends_at_most(near, 300, within=3)
            await _within(far, 10, 60, 300, "a picture that fits")
            frames = (await far.video(NEAR))["framesDecoded"]
            await far.sees(NEAR, frames + 30)
            sound = Meter(lambda: far.audio(NEAR))
            await sound.look()
            await eventually(lambda: _flows(sound), 10, "sound that is hardly ever made up")
            cable.carry(1000)
            await _within(far, 15, 500, 1000, "the line of 1 Mbit/s is used again")


async def _flows(sound: Meter) -> bool:
    await asyncio.sleep(1)  # a share is of a time
    figures = await sound.look()
    return bool(figures["concealedSamples"] < 0.05 * figures["totalSamplesReceived"])


async def _sends_at_most(caller: Caller, kbps: float, within: float) -> None:
    """Wait until the camera's encoder has been told to need no more."""

    async def told() -> bool:
        told_bits: float = sum(layer.get("targetBitrate") or 0 for layer in await caller.sent())
        return told_bits <= kbps * 1000

    await eventually(told, within, f"it sends at most {kbps} kbit/s")
