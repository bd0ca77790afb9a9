"""Everything is renewed while people call: no call dropped, none lost, nothing done twice."""

import pytest

from tests.bench.rolling import renewed_under_load
from tests.bench.rolling.town import running_town

STEPS = ("webs", "relays", "redis", "postgres")


@pytest.mark.e2e
async def test_people_notice_nothing() -> None:
    async with running_town(1, 1) as town:
        counted, diary = await renewed_under_load(town, STEPS, 2, 1, (0.5, 1.5))
        assert (counted.calls_lost, counted.calls_dropped) == (0, 0), town.outputs()
        assert (counted.commands_lost, counted.commands_twice) == (0, 0)
        assert counted.calls >= len(STEPS)
        assert len(diary.ended) == counted.calls
        assert "Traceback" not in town.outputs()
