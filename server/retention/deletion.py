"""The machine of a deletion: two people, then the jobs. Pure."""

from enum import StrEnum

from signaling.machine import Machine


class DeletionState(StrEnum):
    """Where a deletion stands."""

    PROPOSED = "proposed"  # one person wants it
    CONFIRMED = "confirmed"  # another one too; the jobs carry it out, unless it is held
    ERASING = "erasing"  # begun: it cannot be stopped any more
    ERASED = "erased"
    WITHDRAWN = "withdrawn"


class DeletionEvent(StrEnum):
    """What can happen to a deletion."""

    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    BEGIN = "begin"
    FINISH = "finish"


_S, _E = DeletionState, DeletionEvent

DELETION = Machine(
    "deletion",
    _S.PROPOSED,
    {
        (_S.PROPOSED, _E.CONFIRM): _S.CONFIRMED,
        (_S.PROPOSED, _E.WITHDRAW): _S.WITHDRAWN,
        (_S.CONFIRMED, _E.WITHDRAW): _S.WITHDRAWN,
        (_S.CONFIRMED, _E.BEGIN): _S.ERASING,
        (_S.ERASING, _E.FINISH): _S.ERASED,
    },
)

BEGUN = frozenset({_S.ERASING, _S.ERASED})
"""From here on there is nothing left to hold."""
