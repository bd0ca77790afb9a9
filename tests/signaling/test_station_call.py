"""When a terminal may answer a call by itself: as its station allows it, after the countdown."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from signaling.station_call import (
    AUTO_LATE,
    COUNTDOWN,
    NEVER,
    Answering,
    answers_itself,
    may_answer,
)

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
OFFICE = Answering(allowed=True, start=9 * 60, end=17 * 60, days=frozenset({0, 1}))


@pytest.mark.parametrize(
    ("later", "answers"),
    [
        (timedelta(), True),
        (timedelta(seconds=-1), False),
        (timedelta(hours=7, minutes=59), True),
        (timedelta(hours=8), False),
        (timedelta(days=1), True),
        (timedelta(days=2), False),
    ],
)
def test_hours_and_weekdays_are_those_of_the_district(later: timedelta, answers: bool) -> None:
    at = MONDAY_NINE + later
    assert may_answer(OFFICE, at, ZONE) is answers
    assert may_answer(OFFICE, at.astimezone(ZoneInfo("UTC")), ZONE) is answers


def test_what_is_not_allowed_is_never_answered() -> None:
    refused = Answering(allowed=False, start=0, end=1440, days=frozenset(range(7)))
    assert not may_answer(refused, MONDAY_NINE, ZONE)
    assert not may_answer(NEVER, MONDAY_NINE, ZONE)


def test_not_before_the_countdown_and_not_long_after() -> None:
    assert not answers_itself(MONDAY_NINE, MONDAY_NINE + COUNTDOWN - timedelta(milliseconds=1))
    assert answers_itself(MONDAY_NINE, MONDAY_NINE + COUNTDOWN)
    assert answers_itself(MONDAY_NINE, MONDAY_NINE + COUNTDOWN + AUTO_LATE)
    late = MONDAY_NINE + COUNTDOWN + AUTO_LATE + timedelta(milliseconds=1)
    assert not answers_itself(MONDAY_NINE, late)
