"""The roster (值班表) as pure functions: weekly pattern, exceptions, leave, swaps → who is on when.

Days and hours are those of the district; an hour is a whole minute of the day, 0..1440. A shift
ends the day it begins, or at midnight.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAY = 24 * 60


class EntryKind(StrEnum):
    """What a line of the roster says."""

    DUTY = "duty"  # 值班
    STANDBY = "standby"  # 后备
    LEAVE = "leave"  # 请假


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the roster: every week (``weekday`` 0..6, Monday first) or one ``day``."""

    lawyer: str
    kind: EntryKind
    start: int
    end: int
    weekday: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Swap:
    """Both agreed: on ``day`` the taker does what the giver was to do in ``start``..``end``."""

    giver: str
    taker: str
    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Somebody's hours on a day; ``start`` and ``end`` are minutes of it."""

    day: date
    start: int
    end: int
    lawyer: str
    standby: bool = False

    def begins(self, zone: tzinfo) -> datetime:
        """Return the moment it begins."""
        return moment(self.day, self.start, zone)

    def ends(self, zone: tzinfo) -> datetime:
        """Return the moment it ends."""
        return moment(self.day, self.end, zone)


def moment(day: date, minute: int, zone: tzinfo) -> datetime:
    """Return a minute of a day as a moment."""
    return datetime.combine(day, time(), zone) + timedelta(minutes=minute)


def shifts_on(day: date, entries: Iterable[Entry], swaps: Iterable[Swap]) -> list[Shift]:
    """Return the shifts of a day: pattern and extra hours, less leave, then swaps."""
    today = [one for one in entries if one.day == day or one.weekday == day.weekday()]
    found = [
        Shift(day, one.start, one.end, one.lawyer, one.kind is EntryKind.STANDBY)
        for one in today
        if one.kind is not EntryKind.LEAVE
    ]
    for leave in (one for one in today if one.kind is EntryKind.LEAVE):
        found = _without(found, leave.lawyer, leave.start, leave.end)
    for swap in (one for one in swaps if one.day == day):
        found = _swapped(found, swap)
    return _merged(found)


def _without(shifts: Iterable[Shift], lawyer: str, start: int, end: int) -> list[Shift]:
    """Cut a span out of one lawyer's shifts."""
    found: list[Shift] = []
    for one in shifts:
        if one.lawyer != lawyer:
            found.append(one)
            continue
        pieces = ((one.start, min(one.end, start)), (max(one.start, end), one.end))
        found += [
            Shift(one.day, begin, finish, lawyer, one.standby)
            for begin, finish in pieces
            if begin < finish
        ]
    return found


def _swapped(shifts: Sequence[Shift], swap: Swap) -> list[Shift]:
    given = [
        Shift(one.day, max(one.start, swap.start), min(one.end, swap.end), swap.taker, one.standby)
        for one in shifts
        if one.lawyer == swap.giver and one.start < swap.end and swap.start < one.end
    ]
    return _without(shifts, swap.giver, swap.start, swap.end) + given


def _merged(shifts: Iterable[Shift]) -> list[Shift]:
    """Join a lawyer's shifts that touch or overlap; duty counts more than standby."""
    by_person: dict[tuple[str, bool], list[Shift]] = {}
    for one in sorted(shifts):
        own = by_person.setdefault((one.lawyer, one.standby), [])
        if own and one.start <= own[-1].end:
            last = own.pop()
            one = Shift(one.day, last.start, max(last.end, one.end), one.lawyer, one.standby)
        own.append(one)
    return sorted(shift for own in by_person.values() for shift in own)


def shifts_between(
    first: date, last: date, entries: Sequence[Entry], swaps: Sequence[Swap]
) -> list[Shift]:
    """Return the shifts of the days from ``first`` to ``last``, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [shift for day in days for shift in shifts_on(day, entries, swaps)]


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on at a moment, and who comes next (empty: nobody within a week)."""

    now: tuple[Shift, ...]
    next: tuple[Shift, ...]


def rota_at(at: datetime, entries: Sequence[Entry], swaps: Sequence[Swap]) -> Rota:
    """Return who is on at ``at`` (its zone is the district's) and the next shifts to begin."""
    zone = at.tzinfo
    assert zone is not None
    shifts = shifts_between(at.date(), at.date() + timedelta(days=7), entries, swaps)
    now = [one for one in shifts if one.begins(zone) <= at < one.ends(zone)]
    coming = [one for one in shifts if one.begins(zone) > at]
    begins = min((one.begins(zone) for one in coming), default=None)
    return Rota(tuple(now), tuple(one for one in coming if one.begins(zone) == begins))
