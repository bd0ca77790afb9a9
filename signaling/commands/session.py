"""Commands about a session as a whole, from the request to the closing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from signaling.codec import Many, Text
from signaling.commands.fields import Day, Id, Name, OfSession, Phone, Reason
from signaling.dispatch import Need


class SessionKind(StrEnum):
    """Mediation of a dispute (人民调解) or plain legal consultation (法律咨询)."""

    MEDIATION = "mediation"
    CONSULTATION = "consultation"


@dataclass(frozen=True, slots=True)
class Person:
    """A party (当事人) beside the terminal and what they agreed to.

    ``guardian``: who speaks for a minor (监护人), whose answers these are then. ``was``: who they
    were in the session that is continued.
    Sources: 人民调解法 art. 20 (the lawyer's presence), 个人信息保护法 art. 14 (the recording).
    """

    name: Name
    recording: bool
    lawyer_presence: bool
    phone: Phone = ""
    minor: bool = False
    guardian: Annotated[str, Text(40)] = ""
    was: Id | None = None


@dataclass(frozen=True, slots=True)
class Sync:
    """Ask for the present view; the first message of every connection."""


@dataclass(frozen=True, slots=True)
class RequestSession:
    """Start a session. The persons' consents were asked just before, in the wording ``notice``.

    ``appointment``: the one for which these people have come, once its doors are open.
    ``continues``: the session of an earlier day that this one goes on with (改日继续).
    """

    kind: SessionKind
    matter: Annotated[str, Text(32, 1)]
    persons: Annotated[tuple[Person, ...], Many(12, 1)]
    notice: Annotated[str, Text(32, 1)]
    mediator_recording: bool
    facts: Annotated[str, Text(2000)] = ""
    needs: Annotated[tuple[Need, ...], Many(4)] = ()
    language: Annotated[str, Text(20)] = ""
    appointment: Id | None = None
    continues: Id | None = None


@dataclass(frozen=True, slots=True)
class CancelSession(OfSession):
    """The people at the terminal no longer want to wait."""


@dataclass(frozen=True, slots=True)
class KeepWaiting(OfSession):
    """Back into the queue, at the old place."""


@dataclass(frozen=True, slots=True)
class RequestCallback(OfSession):
    """Ask to be called back; the session ends as deferred."""

    phone: Annotated[str, Text(20, 5)]


@dataclass(frozen=True, slots=True)
class PauseSession(OfSession):
    """A break: recording stops at once, and the log says why."""

    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class ResumeSession(OfSession):
    """The break is over."""


@dataclass(frozen=True, slots=True)
class HangUp(OfSession):
    """End the talk for all; the lawyer's wrap-up begins."""


@dataclass(frozen=True, slots=True)
class AdjournSession(OfSession):
    """Go on another day: a talk under way ends for today; sent again, the day is another one."""

    day: Day
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class DropAdjournment(OfSession):
    """It will not go on after all."""


@dataclass(frozen=True, slots=True)
class ConfirmReceipt(OfSession):
    """The mediator has read the advice."""


@dataclass(frozen=True, slots=True)
class FinishSession(OfSession):
    """The people have left the terminal; it goes back to its home screen."""


@dataclass(frozen=True, slots=True)
class CloseSession(OfSession):
    """The lawyer is done; without advice a reason must be given."""

    reason: Reason = ""
