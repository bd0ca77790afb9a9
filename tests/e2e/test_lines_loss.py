"""A line that loses packets by chance, both ways: what is heard and seen of the other side."""

from pathlib import Path

import pytest

from tests.conftest import OpenBrowser
from tests.e2e.line_call import NEAR, Watch, far_and_near
from tests.support.lines import line

CALM_S, WATCHED_S = 10, 15


@pytest.mark.parametrize(("per_cent", "frozen"), [(5, 0.02), (10, 0.08)])
async def test_losses(
    open_browser: OpenBrowser, tmp_path: Path, per_cent: int, frozen: float
) -> None:
    with line() as cable:
        async with far_and_near(open_browser, tmp_path, cable) as (_, far):
            # A busy machine stands still by itself now and then: that is not the losses' doing.
            calm = await Watch.of(far, NEAR, CALM_S)
            cable.lose(per_cent)
            watch = await Watch.of(far, NEAR, WATCHED_S)
            assert watch.frozen <= frozen + calm.frozen, (watch, calm)
            assert watch.longest_gap <= max(0.2, calm.longest_gap), (watch, calm)
