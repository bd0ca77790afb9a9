"""What people notice on a thin line: sound as ever, a picture that fits, and no standstill."""

import asyncio
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, Caller, Meter, Watch, far_and_near
from tests.support.lines import line
from tests.support.waiting import SLOWNESS, eventually


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
            await asyncio.sleep(2)  # five seconds to adapt, of which up to three have passed
            watch = await Watch.of(far, NEAR, 8)
            assert watch.longest_standstill <= 2.0
            assert watch.longest_gap <= 0.2 * SLOWNESS
            assert watch.made_up <= 0.02 * SLOWNESS
            assert 60 <= watch.kbps <= 300
            cable.carry(1000)
            await _within(far, 15, 500, 1000, "the line of 1 Mbit/s is used again")


async def _sends_at_most(caller: Caller, kbps: float, within: float) -> None:
    """Wait until the camera's encoder has been told to need no more."""

    async def told() -> bool:
        told_bits: float = sum(layer["targetBitrate"] for layer in await caller.sent())
        return told_bits <= kbps * 1000

    await eventually(told, within, f"it sends at most {kbps} kbit/s")
