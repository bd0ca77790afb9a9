"""Three people, one at the end of a line of 300 kbit/s: what each of the two receivers gets."""

import asyncio
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, Watch, far_near_and_beside
from tests.support.lines import line

_ADAPT_S, _WATCHED_S = 6, 10


async def crowd(open_browser: OpenBrowser, folder: Path) -> list[tuple[str, float, str]]:
    """The picture beside, and the standstills and silences far away, once it has adapted."""
    with line() as cable:
        async with far_near_and_beside(open_browser, folder, cable, crowded=True) as found:
            _, far, beside = found
            assert beside is not None
            cable.carry(300)
            await asyncio.sleep(_ADAPT_S)  # a figure is of a time
            away, here = await asyncio.gather(
                Watch.of(far, NEAR, _WATCHED_S), Watch.of(beside, NEAR, _WATCHED_S)
            )
            width = (await beside.video(NEAR))["frameWidth"]
    return [
        ("lines.crowd_beside_kbps", here.kbps, "kbit/s"),
        ("lines.crowd_beside_width", width, "pixels"),
        ("lines.crowd_kbps_300k", away.kbps, "kbit/s"),
        ("lines.crowd_standstill_s_300k", away.longest_standstill, "s"),
        ("lines.crowd_silence_ms_300k", away.longest_gap * 1000, "ms"),
    ]
