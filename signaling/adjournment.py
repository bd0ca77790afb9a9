"""Adjourning (休会): the talk ends for today and goes on another day in a session of its own.

The later session continues the earlier one: the same file, its people and who must not meet of
them, and a recording whose journal names the end of the earlier one's.
"""

from enum import StrEnum

from signaling.machine import Machine


class AdjournmentState(StrEnum):
    """Where an adjournment stands."""

    AGREED = "agreed"  # 约定改日继续
    CONTINUED = "continued"  # a later session has begun
    DROPPED = "dropped"  # 不再继续


class AdjournmentEvent(StrEnum):
    """What can happen to an adjournment."""

    MOVE = "move"
    CONTINUE = "continue"
    REOPEN = "reopen"  # the later session ended before anybody was face to face
    DROP = "drop"


_S, _E = AdjournmentState, AdjournmentEvent

ADJOURNMENT = Machine(
    "adjournment",
    _S.AGREED,
    {
        (_S.AGREED, _E.MOVE): _S.AGREED,
        (_S.AGREED, _E.CONTINUE): _S.CONTINUED,
        (_S.AGREED, _E.DROP): _S.DROPPED,
        (_S.CONTINUED, _E.REOPEN): _S.AGREED,
    },
)
