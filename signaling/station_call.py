"""A call from the centre to a station (呼叫终端), and when a terminal without people may answer.

An unattended terminal (无人值守) answers by itself only if its station has allowed it for that hour
of that day of the week, after a countdown that everybody beside it can see, hear and stop.
Recording is no part of it: nothing is recorded until people have been asked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from signaling.machine import Machine

COUNTDOWN = timedelta(seconds=15)
"""How long a terminal rings before it may answer by itself."""
RING = timedelta(seconds=45)
"""How long it rings for people to answer."""
AUTO_LATE = timedelta(seconds=10)
"""An answer of its own that comes later than this after the countdown is not one."""


class StationCallState(StrEnum):
    """Where a call to a station stands."""

    RINGING = "ringing"
    ANSWERED = "answered"  # by somebody there, or by the terminal itself: a session has begun
    REFUSED = "refused"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


class StationCallEvent(StrEnum):
    """What can happen to it."""

    ANSWER = "answer"
    REFUSE = "refuse"
    MISS = "miss"
    WITHDRAW = "withdraw"


_S, _E = StationCallState, StationCallEvent

STATION_CALL = Machine(
    "station_call",
    _S.RINGING,
    {
        (_S.RINGING, _E.ANSWER): _S.ANSWERED,
        (_S.RINGING, _E.REFUSE): _S.REFUSED,
        (_S.RINGING, _E.MISS): _S.MISSED,
        (_S.RINGING, _E.WITHDRAW): _S.WITHDRAWN,
    },
)


@dataclass(frozen=True, slots=True)
class Answering:
    """What a station allows: hours of the district's day (minutes, 0..1440) on these weekdays.

    ``days``: 0..6, Monday first. ``start`` is before ``end``: it ends at midnight at the latest.
    """

    allowed: bool
    start: int
    end: int
    days: frozenset[int]


NEVER = Answering(allowed=False, start=0, end=0, days=frozenset())


def may_answer(answering: Answering, now: datetime, zone: tzinfo) -> bool:
    """Tell whether the terminals of a station may answer by themselves at this moment."""
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    inside = answering.start <= minute < answering.end
    return answering.allowed and inside and local.weekday() in answering.days


def answers_itself(rang_at: datetime, now: datetime) -> bool:
    """Tell whether an answer that the terminal gives by itself comes when it should."""
    return rang_at + COUNTDOWN <= now <= rang_at + COUNTDOWN + AUTO_LATE
