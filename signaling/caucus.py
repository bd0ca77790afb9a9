"""A caucus (背对背): the mediator and one party apart, with or without the lawyer."""

from enum import StrEnum

from signaling.machine import Machine


class CaucusState(StrEnum):
    """Where a caucus stands."""

    INVITED = "invited"  # the party has been asked
    ACCEPTED = "accepted"  # the media are being divided: nothing secret may be said yet
    LOCKED = "locked"  # the relay has said that nobody outside receives a packet any more
    RETURNED = "returned"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CaucusEvent(StrEnum):
    """What can happen to a caucus."""

    ACCEPT = "accept"
    LOCK = "lock"
    RETURN = "return"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


_S, _E = CaucusState, CaucusEvent

CAUCUS = Machine(
    "caucus",
    _S.INVITED,
    {
        (_S.INVITED, _E.ACCEPT): _S.ACCEPTED,
        (_S.INVITED, _E.DECLINE): _S.DECLINED,
        (_S.INVITED, _E.WITHDRAW): _S.WITHDRAWN,
        (_S.ACCEPTED, _E.LOCK): _S.LOCKED,
        (_S.ACCEPTED, _E.RETURN): _S.RETURNED,
        (_S.LOCKED, _E.RETURN): _S.RETURNED,
    },
)

APART = frozenset({_S.ACCEPTED, _S.LOCKED})
"""Some are apart, the others wait."""

OPEN = APART | {_S.INVITED}
"""A caucus that has not ended."""
