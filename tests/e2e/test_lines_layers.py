"""Three in a room, one of them on a thin line: he gets a small picture, nobody else does."""

from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import FAR, NEAR, Caller, far_near_and_beside
from tests.support.lines import line
from tests.support.waiting import eventually

THIN_KBIT = 400


async def _width(caller: Caller, place: int = NEAR) -> int:
    return int((await caller.video(place)).get("frameWidth", 0))


async def test_a_thin_line_spoils_nobody_elses_picture(
    open_browser: OpenBrowser, tmp_path: Path
) -> None:
    with line() as cable:
        async with far_near_and_beside(open_browser, tmp_path, cable, crowded=True) as found:
            _, far, beside = found
            assert beside is not None
            cable.carry(THIN_KBIT)

            async def small() -> bool:
                return 0 < await _width(far) < await _width(beside)

            await eventually(small, 30, "the thin line has a smaller picture than the wide one")
            before = (await far.video(NEAR))["framesDecoded"]

            async def moves() -> bool:
                return bool((await far.video(NEAR))["framesDecoded"] >= before + 20)

            await eventually(moves, 20, "and it moves")
            await beside.sees(FAR)
