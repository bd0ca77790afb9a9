"""What people notice on a thin line: sound as ever, a picture that fits, and no standstill."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import Caller, Figures, Meter, line_call
from tests.support.browser import Outside
from tests.support.lines import Line, line
from tests.support.media import BUSY, MEDIATOR
from tests.support.ports import free_port
from tests.support.waiting import SLOWNESS, eventually

SAMPLES_A_SECOND = 48_000
NEAR, FAR = 0, 1


@dataclass
class Watch:
    """What one page notices of another over a time, looked at ten times a second."""

    longest_standstill: float = 0.0  # seconds without a new picture
    longest_gap: float = 0.0  # seconds of made-up sound within one second
    made_up: float = 0.0  # share of the sound
    kbps: float = 0.0  # of the picture
    _sounds: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    async def of(cls, caller: Caller, place: int, seconds: float) -> "Watch":
        watch = cls()
        sound, picture = Meter(lambda: caller.audio(place)), Meter(lambda: caller.video(place))
        await sound.look()
        await picture.look()
        frames, since = picture.last["framesDecoded"], time.monotonic()
        heard = made_up = 0.0
        began, first = since, picture.last["bytesReceived"]
        while (now := time.monotonic()) < began + seconds:
            figures = await sound.look()
            heard += figures["totalSamplesReceived"]
            made_up += figures["concealedSamples"]
            watch._hear(now, figures)
            await picture.look()
            if picture.last["framesDecoded"] != frames:
                frames, since = picture.last["framesDecoded"], now
            watch.longest_standstill = max(watch.longest_standstill, now - since)
            await asyncio.sleep(0.1)  # a figure is of a time
        watch.made_up = made_up / heard
        octets = picture.last["bytesReceived"] - first
        watch.kbps = octets * 8 / 1000 / (time.monotonic() - began)
        return watch

    def _hear(self, now: float, figures: Figures) -> None:
        self._sounds.append((now, figures["concealedSamples"] / SAMPLES_A_SECOND))
        self._sounds = [one for one in self._sounds if one[0] > now - 1]
        self.longest_gap = max(self.longest_gap, sum(gap for _, gap in self._sounds))


@asynccontextmanager
async def far_and_near(
    open_browser: OpenBrowser, folder: Path, cable: Line
) -> AsyncIterator[tuple[Caller, Caller]]:
    """Somebody here with a picture that costs bits, and somebody at the end of the line."""
    port = free_port()
    async with line_call(folder, port, "127.0.0.1", cable.server) as call:
        outside = Outside(cable, f"http://{cable.server}:{port}", folder)
        near = await call.caller(await open_browser(BUSY), NEAR, "127.0.0.1")
        far = await call.caller(await open_browser(MEDIATOR, outside), FAR, cable.server)
        await near.join()
        await far.join()
        await far.sees(NEAR)
        yield near, far


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
