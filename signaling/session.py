"""The session (调解会话): from a mediator's request to the lawyer's closing."""

from enum import StrEnum

from signaling.machine import Machine


class SessionState(StrEnum):
    """Where a session stands; the database holds exactly one of these."""

    REQUESTED = "requested"  # in the queue, nobody is being rung
    RINGING = "ringing"  # one or more lawyers are being rung
    UNANSWERED = "unanswered"  # the people choose: wait on, call-back, 12348
    ACCEPTED = "accepted"  # one lawyer has it; media is being set up
    LIVE = "live"  # face to face
    PAUSED = "paused"  # a break: nothing is recorded
    WRAPPING = "wrapping"  # hung up; the lawyer completes the advice
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DEFERRED = "deferred"  # a call-back was asked for
    FAILED = "failed"


class SessionEvent(StrEnum):
    """What can happen to a session."""

    RING = "ring"
    REQUEUE = "requeue"
    NO_ANSWER = "no_answer"
    KEEP_WAITING = "keep_waiting"
    ACCEPT = "accept"
    CONNECT = "connect"
    PAUSE = "pause"
    RESUME = "resume"
    HANG_UP = "hang_up"
    CLOSE = "close"
    CANCEL = "cancel"
    DEFER = "defer"
    FAIL = "fail"


_S, _E = SessionState, SessionEvent

SESSION = Machine(
    "session",
    _S.REQUESTED,
    {
        (_S.REQUESTED, _E.RING): _S.RINGING,
        (_S.REQUESTED, _E.NO_ANSWER): _S.UNANSWERED,
        (_S.REQUESTED, _E.ACCEPT): _S.ACCEPTED,
        (_S.REQUESTED, _E.CANCEL): _S.CANCELLED,
        (_S.REQUESTED, _E.DEFER): _S.DEFERRED,
        (_S.RINGING, _E.RING): _S.RINGING,
        (_S.RINGING, _E.REQUEUE): _S.REQUESTED,
        (_S.RINGING, _E.NO_ANSWER): _S.UNANSWERED,
        (_S.RINGING, _E.ACCEPT): _S.ACCEPTED,
        (_S.RINGING, _E.CANCEL): _S.CANCELLED,
        (_S.RINGING, _E.DEFER): _S.DEFERRED,
        (_S.UNANSWERED, _E.KEEP_WAITING): _S.REQUESTED,
        (_S.UNANSWERED, _E.ACCEPT): _S.ACCEPTED,
        (_S.UNANSWERED, _E.CANCEL): _S.CANCELLED,
        (_S.UNANSWERED, _E.DEFER): _S.DEFERRED,
        (_S.ACCEPTED, _E.CONNECT): _S.LIVE,
        (_S.ACCEPTED, _E.REQUEUE): _S.REQUESTED,
        (_S.ACCEPTED, _E.HANG_UP): _S.WRAPPING,
        (_S.ACCEPTED, _E.FAIL): _S.FAILED,
        (_S.LIVE, _E.PAUSE): _S.PAUSED,
        (_S.LIVE, _E.REQUEUE): _S.REQUESTED,
        (_S.LIVE, _E.HANG_UP): _S.WRAPPING,
        (_S.LIVE, _E.FAIL): _S.FAILED,
        (_S.PAUSED, _E.RESUME): _S.LIVE,
        (_S.PAUSED, _E.REQUEUE): _S.REQUESTED,
        (_S.PAUSED, _E.HANG_UP): _S.WRAPPING,
        (_S.PAUSED, _E.FAIL): _S.FAILED,
        (_S.WRAPPING, _E.CLOSE): _S.CLOSED,
    },
)

WAITING = frozenset({_S.REQUESTED, _S.RINGING, _S.UNANSWERED})
"""Somebody at a terminal is waiting for a lawyer."""

GIVEN_UP = frozenset({_S.CANCELLED, _S.DEFERRED})
"""It ended while somebody was waiting for a lawyer, for the first time or again."""

ENDED = GIVEN_UP | {_S.WRAPPING, _S.CLOSED, _S.FAILED}
"""Nobody talks or waits any more: what was recorded, even before they gave up, is evidence now."""

IN_ROOM = frozenset({_S.ACCEPTED, _S.LIVE, _S.PAUSED})
"""The people are, or are about to be, in the room."""
