"""The roster's rules: pattern, extra hours, leave, swaps; who is on, and who is next."""

from datetime import UTC, date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from signaling.roster import DAY, Entry, EntryKind, Shift, Swap, rota_at, shifts_on

MONDAY = date(2026, 11, 23)
D, S, L = EntryKind.DUTY, EntryKind.STANDBY, EntryKind.LEAVE
A_WEEKLY = Entry("a", D, 540, 1020, weekday=0)


def spans(day: date, entries: list[Entry], swaps: list[Swap] | None = None) -> list[object]:
    return [(one.lawyer, one.start, one.end) for one in shifts_on(day, entries, swaps or [])]


def test_the_pattern_holds_on_its_weekday() -> None:
    assert spans(MONDAY, [A_WEEKLY]) == [("a", 540, 1020)]
    assert spans(date(2026, 11, 24), [A_WEEKLY]) == []


def test_extra_hours_join_what_they_touch() -> None:
    extra = Entry("a", D, 1020, 1080, day=MONDAY)
    assert spans(MONDAY, [A_WEEKLY, extra]) == [("a", 540, 1080)]


def test_leave_cuts_hours_out() -> None:
    leave = Entry("a", L, 600, 660, day=MONDAY)
    assert spans(MONDAY, [A_WEEKLY, leave]) == [("a", 540, 600), ("a", 660, 1020)]
    whole = Entry("a", L, 0, DAY, day=MONDAY)
    other = Entry("b", S, 540, 600, day=MONDAY)
    assert spans(MONDAY, [A_WEEKLY, whole, other]) == [("b", 540, 600)]


def test_a_swap_moves_hours_from_one_to_the_other() -> None:
    swap = Swap("a", "b", MONDAY, 540, 720)
    assert spans(MONDAY, [A_WEEKLY], [swap]) == [("b", 540, 720), ("a", 720, 1020)]
    assert spans(date(2026, 11, 30), [A_WEEKLY], [swap]) == [("a", 540, 1020)]


def test_who_is_on_now_and_who_is_next() -> None:
    entries = [A_WEEKLY, Entry("b", D, 1020, 1200, weekday=0), Entry("c", D, 480, 600, weekday=2)]
    at = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    rota = rota_at(at, entries, [])
    assert [one.lawyer for one in rota.now] == ["a"]
    assert rota.next == (Shift(MONDAY, 1020, 1200, "b"),)
    evening = rota_at(at.replace(hour=20), entries, [])
    assert (evening.now, [one.lawyer for one in evening.next]) == ((), ["c"])
    assert rota_at(at, [], []).next == ()


minutes = st.integers(0, DAY - 1)
entries = st.builds(
    lambda who, kind, start, length: Entry(who, kind, start, min(DAY, start + length), weekday=0),
    st.sampled_from("abc"),
    st.sampled_from(EntryKind),
    minutes,
    st.integers(1, 600),
)
swaps = st.builds(
    lambda giver, taker, start, length: Swap(giver, taker, MONDAY, start, min(DAY, start + length)),
    st.sampled_from("abc"),
    st.sampled_from("abc"),
    minutes,
    st.integers(1, 600),
)


@given(st.lists(entries, max_size=8), st.lists(swaps, max_size=3))
def test_nobody_has_two_shifts_at_once_and_none_is_empty(
    lines: list[Entry], exchanged: list[Swap]
) -> None:
    found = shifts_on(MONDAY, lines, exchanged)
    for one in found:
        assert 0 <= one.start < one.end <= DAY
    for lawyer in "abc":
        for standby in (False, True):
            own = sorted(s for s in found if (s.lawyer, s.standby) == (lawyer, standby))
            assert all(a.end < b.start for a, b in pairwise(own))


@given(st.lists(entries, max_size=8))
def test_on_leave_one_has_no_shift(lines: list[Entry]) -> None:
    for leave in (one for one in lines if one.kind is L):
        for shift in shifts_on(MONDAY, lines, []):
            apart = shift.end <= leave.start or leave.end <= shift.start
            assert shift.lawyer != leave.lawyer or apart
