"""Somebody who joins from elsewhere (远程当事人): from the invitation to the room and out again."""

from enum import StrEnum

from signaling.machine import Machine


class GuestState(StrEnum):
    """Where an invited person is."""

    INVITED = "invited"  # has a link and has not opened it
    PREPARING = "preparing"  # reads the notice, answers, looks at camera and line
    WAITING = "waiting"  # in the lobby (等候室)
    INSIDE = "inside"  # in the room
    AWAY = "away"  # has left, and may come back
    REFUSED = "refused"  # by the mediator; a new invitation is possible
    OVER = "over"  # the session is


class GuestEvent(StrEnum):
    """What can happen to an invited person."""

    INVITE = "invite"  # a new link; the one before is void
    ENTER = "enter"  # the link was used
    KNOCK = "knock"  # ready, wants to come in
    ADMIT = "admit"
    SEND_OUT = "send_out"
    LEAVE = "leave"
    REFUSE = "refuse"
    END = "end"


_S, _E = GuestState, GuestEvent

GUEST = Machine(
    "guest",
    _S.INVITED,
    {
        (_S.INVITED, _E.INVITE): _S.INVITED,
        (_S.INVITED, _E.ENTER): _S.PREPARING,
        (_S.INVITED, _E.REFUSE): _S.REFUSED,
        (_S.INVITED, _E.END): _S.OVER,
        (_S.PREPARING, _E.INVITE): _S.INVITED,
        (_S.PREPARING, _E.KNOCK): _S.WAITING,
        (_S.PREPARING, _E.LEAVE): _S.AWAY,
        (_S.PREPARING, _E.REFUSE): _S.REFUSED,
        (_S.PREPARING, _E.END): _S.OVER,
        (_S.WAITING, _E.INVITE): _S.INVITED,
        (_S.WAITING, _E.ADMIT): _S.INSIDE,
        (_S.WAITING, _E.LEAVE): _S.AWAY,
        (_S.WAITING, _E.REFUSE): _S.REFUSED,
        (_S.WAITING, _E.END): _S.OVER,
        (_S.INSIDE, _E.SEND_OUT): _S.WAITING,
        (_S.INSIDE, _E.LEAVE): _S.AWAY,
        (_S.INSIDE, _E.REFUSE): _S.REFUSED,
        (_S.INSIDE, _E.END): _S.OVER,
        (_S.AWAY, _E.INVITE): _S.INVITED,
        (_S.AWAY, _E.KNOCK): _S.WAITING,
        (_S.AWAY, _E.REFUSE): _S.REFUSED,
        (_S.AWAY, _E.END): _S.OVER,
        (_S.REFUSED, _E.INVITE): _S.INVITED,
        (_S.REFUSED, _E.END): _S.OVER,
    },
)
