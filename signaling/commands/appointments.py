"""Commands about appointments, and calls from the centre to a station."""

from dataclasses import dataclass
from typing import Annotated

from signaling.codec import Between, Text
from signaling.commands.fields import Id, OfSession, Reason
from signaling.commands.session import SessionKind

Moment = Annotated[float, Between(0, 4e12)]
"""Unix milliseconds, up to the year 2096."""
Why = Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class BookAppointment:
    """Book a lawyer and a station for a free slot; a terminal books its own station."""

    lawyer: Id
    starts_at: Moment
    kind: SessionKind
    matter: Annotated[str, Text(32, 1)]
    about: Reason = ""
    station: Id | None = None


@dataclass(frozen=True, slots=True)
class BookSession(OfSession):
    """Put off a session that nobody answers, or one that waits for a call-back, to a free slot."""

    lawyer: Id
    starts_at: Moment


@dataclass(frozen=True, slots=True)
class MoveAppointment:
    """Another time with the same lawyer; the reason stays with the appointment."""

    appointment: Id
    starts_at: Moment
    reason: Why


@dataclass(frozen=True, slots=True)
class CancelAppointment:
    """Give both their time back."""

    appointment: Id
    reason: Why


@dataclass(frozen=True, slots=True)
class CallStation:
    """Ring a station's terminal; for an appointment of one's own once its doors are open."""

    station: Id
    kind: SessionKind
    matter: Annotated[str, Text(32, 1)]
    appointment: Id | None = None


@dataclass(frozen=True, slots=True)
class StopStationCall:
    """The centre hangs up before anybody answers."""

    call: Id


@dataclass(frozen=True, slots=True)
class AnswerStationCall:
    """Somebody answers, or the terminal ``by_itself`` after its countdown."""

    call: Id
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class RefuseStationCall:
    """Somebody at the terminal does not want this call; it ends the countdown as well."""

    call: Id
