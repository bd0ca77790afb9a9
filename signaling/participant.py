"""One person's (or one terminal's) place in the room."""

from enum import StrEnum

from signaling.machine import Machine


class ParticipantState(StrEnum):
    """Where a participant's media stands."""

    EXPECTED = "expected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    LEFT = "left"


class ParticipantEvent(StrEnum):
    """What can happen to a participant."""

    OFFER = "offer"  # the page has sent an SDP offer
    CONNECT = "connect"  # media arrives at the relay
    LOSE = "lose"  # silent, or the relay is gone
    LEAVE = "leave"
    EXPECT = "expect"  # let in again


_S, _E = ParticipantState, ParticipantEvent

PARTICIPANT = Machine(
    "participant",
    _S.EXPECTED,
    {
        (_S.EXPECTED, _E.OFFER): _S.CONNECTING,
        (_S.EXPECTED, _E.LEAVE): _S.LEFT,
        (_S.CONNECTING, _E.OFFER): _S.CONNECTING,
        (_S.CONNECTING, _E.CONNECT): _S.CONNECTED,
        (_S.CONNECTING, _E.LOSE): _S.CONNECTING,
        (_S.CONNECTING, _E.LEAVE): _S.LEFT,
        (_S.CONNECTED, _E.OFFER): _S.RECONNECTING,
        (_S.CONNECTED, _E.CONNECT): _S.CONNECTED,
        (_S.CONNECTED, _E.LOSE): _S.RECONNECTING,
        (_S.CONNECTED, _E.LEAVE): _S.LEFT,
        (_S.RECONNECTING, _E.OFFER): _S.RECONNECTING,
        (_S.RECONNECTING, _E.CONNECT): _S.CONNECTED,
        (_S.RECONNECTING, _E.LOSE): _S.RECONNECTING,
        (_S.RECONNECTING, _E.LEAVE): _S.LEFT,
        (_S.LEFT, _E.OFFER): _S.CONNECTING,
        (_S.LEFT, _E.EXPECT): _S.EXPECTED,
    },
)

PLACES = 6
"""Places in a room with a camera; a place decides the receive slot at everybody else."""

SEATS = 12
"""All places: from ``PLACES`` on people take part by sound alone."""
