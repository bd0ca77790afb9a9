"""Free slots, cells and doors: what can be booked, and that no two bookings share a moment."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.appointment import (
    CELL_S,
    DOORS,
    GRACE,
    NOTICE,
    SLOT,
    cells,
    doors_open,
    free_slots,
    missed,
    slots_of,
    soon,
)
from signaling.roster import Shift

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
SHIFT = Shift(MONDAY, 9 * 60, 11 * 60, "a")
LONG_BEFORE = NINE - timedelta(days=1)


def begins(slots: object) -> list[str]:
    return [f"{one.lawyer} {one.begins:%H:%M}" for one in slots]  # type: ignore[attr-defined]


def test_slots_lie_on_the_half_hours_whole_inside_the_shift() -> None:
    assert begins(slots_of(SHIFT, ZONE)) == ["a 09:00", "a 09:30", "a 10:00", "a 10:30"]
    odd = Shift(MONDAY, 9 * 60 + 10, 10 * 60 + 20, "a")
    assert begins(slots_of(odd, ZONE)) == ["a 09:30"]
    assert begins(slots_of(Shift(MONDAY, 540, 560, "a"), ZONE)) == []


def test_until_midnight_and_over_it() -> None:
    late = [Shift(MONDAY, 1410, 1440, "a"), Shift(MONDAY + timedelta(days=1), 0, 30, "a")]
    found = free_slots(late, set(), "s", LONG_BEFORE, ZONE)
    assert [one.begins.isoformat() for one in found] == [
        "2026-11-23T23:30:00+08:00",
        "2026-11-24T00:00:00+08:00",
    ]


def test_what_either_is_booked_for_is_not_free() -> None:
    taken = {("a", cell) for cell in cells(NINE, NINE + SLOT)}
    taken |= {("s", cells(NINE + timedelta(hours=1), NINE + timedelta(minutes=75))[0])}
    assert begins(free_slots([SHIFT], taken, "s", LONG_BEFORE, ZONE)) == ["a 09:30", "a 10:30"]
    other = Shift(MONDAY, 540, 600, "b")
    assert begins(free_slots([other], taken, "t", LONG_BEFORE, ZONE)) == ["b 09:00", "b 09:30"]


def test_nobody_is_booked_at_once_or_while_standing_by() -> None:
    just = NINE - NOTICE
    assert begins(free_slots([SHIFT], set(), "s", just, ZONE))[0] == "a 09:00"
    later = just + timedelta(seconds=1)
    assert begins(free_slots([SHIFT], set(), "s", later, ZONE))[0] == "a 09:30"
    standby = Shift(MONDAY, 540, 660, "a", standby=True)
    assert free_slots([standby], set(), "s", LONG_BEFORE, ZONE) == []


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(0, 10**6), st.integers(1, 10**5))
def test_times_that_overlap_share_a_cell(one: int, long: int, other: int, longer: int) -> None:
    def span(begin: int, length: int) -> tuple[datetime, datetime]:
        return NINE + timedelta(seconds=begin), NINE + timedelta(seconds=begin + length)

    first, second = span(one, long), span(other, longer)
    overlap = first[0] < second[1] and second[0] < first[1]
    shared = set(cells(*first)) & set(cells(*second))
    assert not overlap or shared


def test_slots_side_by_side_share_none() -> None:
    first, second = cells(NINE, NINE + SLOT), cells(NINE + SLOT, NINE + 2 * SLOT)
    assert len(first) * CELL_S == SLOT.total_seconds()
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("minutes", "opened"), [(-6, False), (-5, True), (0, True), (29, True), (30, False)]
)
def test_doors(minutes: int, opened: bool) -> None:
    assert timedelta(minutes=5) == DOORS
    assert doors_open(NINE, NINE + SLOT, NINE + timedelta(minutes=minutes)) is opened


def test_who_has_not_come_in_time_is_not_waited_for() -> None:
    assert not missed(NINE, NINE + GRACE - timedelta(seconds=1))
    assert missed(NINE, NINE + GRACE)
    times = [(NINE, NINE + SLOT)]
    assert soon(times, NINE - timedelta(minutes=10))
    assert not soon(times, NINE - timedelta(minutes=11))
    assert not soon(times, NINE + GRACE)


def test_another_zone_another_night() -> None:
    """A district with summer time: slots stay aware, and no two of a night share a cell."""
    zone = ZoneInfo("Europe/Berlin")
    night = Shift(date(2026, 10, 25), 0, 360, "a")
    found = list(slots_of(night, zone))
    assert all(one.begins.tzinfo is zone for one in found)
    used = [cell for one in found for cell in cells(one.begins, one.begins + SLOT)]
    assert len(used) == len(set(used))
