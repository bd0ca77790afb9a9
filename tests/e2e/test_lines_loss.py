"""A line that loses packets by chance, both ways: the other side is still seen and heard.

How well is measured by `make bench ONLY=lines`, on a machine that does nothing else.
"""

from pathlib import Path

import pytest

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, far_and_near
from tests.support.lines import line
from tests.support.waiting import eventually


@pytest.mark.parametrize("per_cent", [10, 20])
async def test_losses(open_browser: OpenBrowser, tmp_path: Path, per_cent: int) -> None:
    with line() as cable:
        async with far_and_near(open_browser, tmp_path, cable) as (_, far):
            cable.lose(per_cent)
            frames = (await far.video(NEAR))["framesDecoded"]
            lost = (await far.audio(NEAR))["packetsLost"]

            async def goes_on() -> bool:
                video, audio = await far.video(NEAR), await far.audio(NEAR)
                return bool(
                    video["framesDecoded"] >= frames + 75 and audio["packetsLost"] >= lost + 10
                )

            await eventually(goes_on, 20, "pictures and sound go on while packets are lost")
            audio = await far.audio(NEAR)
            assert audio["concealedSamples"] < audio["totalSamplesReceived"] / 2
