"""Appointments (预约): a lawyer and a station booked for a time; pure functions and one machine.

Slots lie on a grid of the district's day inside the lawyers' shifts on duty. What is booked
occupies cells of a quarter of an hour, of the lawyer and of the station: the database has one row
for each, so that no two bookings can share one, whatever order they come in. Doors open five
minutes early; whoever has not come fifteen minutes after the beginning has missed it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from signaling.machine import Machine
from signaling.roster import Shift, moment

SLOT = timedelta(minutes=30)
CELL_S = 900
"""Seconds of a cell: half a slot, so that a later district may choose longer or shorter slots."""
NOTICE = timedelta(minutes=30)
"""Nobody is booked for a time that begins sooner than this."""
AHEAD_DAYS = 14
"""So many days can be booked, today included."""
DOORS = timedelta(minutes=5)
GRACE = timedelta(minutes=15)
SOON = timedelta(minutes=10)
"""A lawyer whose appointment begins within this time is rung later for other calls."""


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    ENTERED = "entered"  # the people, or the lawyer, have gone in: a session rings
    KEPT = "kept"  # a lawyer has taken that session
    MISSED = "missed"  # nobody came in time, or nobody answered who came
    CANCELLED = "cancelled"


class AppointmentEvent(StrEnum):
    """What can happen to an appointment."""

    MOVE = "move"
    CANCEL = "cancel"
    ENTER = "enter"
    LEAVE = "leave"  # the session ended before anybody took it; the time may not be over
    KEEP = "keep"
    MISS = "miss"


_S, _E = AppointmentState, AppointmentEvent

APPOINTMENT = Machine(
    "appointment",
    _S.BOOKED,
    {
        (_S.BOOKED, _E.MOVE): _S.BOOKED,
        (_S.BOOKED, _E.CANCEL): _S.CANCELLED,
        (_S.BOOKED, _E.ENTER): _S.ENTERED,
        (_S.BOOKED, _E.MISS): _S.MISSED,
        (_S.ENTERED, _E.LEAVE): _S.BOOKED,
        (_S.ENTERED, _E.KEEP): _S.KEPT,
    },
)

STANDING = frozenset({_S.BOOKED, _S.ENTERED})
"""It still takes the lawyer's and the station's time."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A time at which this lawyer can be booked; aware moments."""

    begins: datetime
    ends: datetime
    lawyer: str


def cells(begins: datetime, ends: datetime) -> tuple[int, ...]:
    """Return the numbers of the cells that a time touches (Unix seconds / ``CELL_S``)."""
    first = int(begins.timestamp() // CELL_S)
    last = int(-(-ends.timestamp() // CELL_S))
    return tuple(range(first, max(last, first + 1)))


def slots_of(shift: Shift, zone: tzinfo) -> Iterator[Slot]:
    """Return the slots that lie whole in a shift on duty, on the half hours of the day."""
    step = int(SLOT.total_seconds() // 60)
    for minute in range(-(-shift.start // step) * step, shift.end - step + 1, step):
        begins = moment(shift.day, minute, zone)
        yield Slot(begins, begins + SLOT, shift.lawyer)


def free_slots(
    shifts: Iterable[Shift],
    busy: Collection[tuple[str, int]],
    station: str,
    now: datetime,
    zone: tzinfo,
) -> list[Slot]:
    """Return what can still be booked, the earliest first.

    ``busy``: pairs of a lawyer's or station's id and a cell that is taken. Standing by is no duty
    that could be booked.
    """
    earliest = now + NOTICE
    found = {slot for shift in shifts if not shift.standby for slot in slots_of(shift, zone)}
    return sorted(
        slot for slot in found if slot.begins >= earliest and not _taken(slot, busy, station)
    )


def _taken(slot: Slot, busy: Collection[tuple[str, int]], station: str) -> bool:
    return any(
        (who, cell) in busy
        for cell in cells(slot.begins, slot.ends)
        for who in (slot.lawyer, station)
    )


def doors_open(begins: datetime, ends: datetime, now: datetime) -> bool:
    """Tell whether both sides may go in: from five minutes before until the end."""
    return begins - DOORS <= now < ends


def missed(begins: datetime, now: datetime) -> bool:
    """Tell whether somebody who has not come by now is not waited for any longer."""
    return now >= begins + GRACE


def soon(appointments: Sequence[tuple[datetime, datetime]], now: datetime) -> bool:
    """Tell whether one of these times is about to begin or under way and not missed yet."""
    return any(begins - SOON <= now < begins + GRACE for begins, _ in appointments)
