"""Commands about people and rooms: the lobby, consents, the caucus, voices, talk in writing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from signaling.codec import Many, Text
from signaling.commands.fields import Id, Name, OfSession, Reason
from signaling.consent import How, Subject


class IdentityWay(StrEnum):
    """How the mediator knows who somebody is; no face recognition."""

    DOCUMENT = "document"  # 出示身份证件
    KNOWN = "known"  # 调解员本人认识
    NOT_POSSIBLE = "not_possible"  # 无法核验: the words say why


@dataclass(frozen=True, slots=True)
class KnowPerson(OfSession):
    """The mediator has looked who it is; ``name`` is the name in the room from now on."""

    person: Id
    name: Name
    way: IdentityWay
    words: Reason = ""


@dataclass(frozen=True, slots=True)
class AdmitGuest(OfSession):
    """Let somebody in from the lobby."""

    person: Id


@dataclass(frozen=True, slots=True)
class SendOutGuest(OfSession):
    """Send somebody back into the lobby; ``words`` are shown to them."""

    person: Id
    words: Reason = ""


@dataclass(frozen=True, slots=True)
class RefuseGuest(OfSession):
    """Do not let somebody in; ``words`` are shown to them."""

    person: Id
    words: Reason = ""


@dataclass(frozen=True, slots=True)
class Knock(OfSession):
    """The guest is ready and waits to be let in."""


@dataclass(frozen=True, slots=True)
class LeaveRoom(OfSession):
    """The guest leaves lobby or room."""


@dataclass(frozen=True, slots=True)
class AnswerConsent(OfSession):
    """Say yes or no, or take a yes back. ``person``: whom the mediator notes it for."""

    subject: Subject
    given: bool
    notice: Annotated[str, Text(32, 1)]
    person: Id | None = None
    how: How = How.TAP


@dataclass(frozen=True, slots=True)
class KeepApart(OfSession):
    """These two must never meet (人身安全保护令 and the like); it cannot be taken back."""

    one: Id
    other: Id
    reason: Reason = ""


@dataclass(frozen=True, slots=True)
class InviteAside(OfSession):
    """Ask one party for a talk apart (背对背).

    ``lawyers``: the participants' ids of the lawyers who are to be there: none, one or more.
    """

    person: Id
    lawyers: Annotated[tuple[Id, ...], Many(6)]


@dataclass(frozen=True, slots=True)
class AnswerAside(OfSession):
    """The party's answer."""

    accept: bool


@dataclass(frozen=True, slots=True)
class ReturnFromAside(OfSession):
    """Everybody back into one room; before it was accepted: the question is taken back."""


@dataclass(frozen=True, slots=True)
class RecordAside(OfSession):
    """Ask all in the talk apart whether it may be recorded; ``notice``: the wording's version."""

    notice: Annotated[str, Text(32, 1)]


@dataclass(frozen=True, slots=True)
class AgreeAside(OfSession):
    """Say yes or no to the recording of the talk apart, or take a yes back.

    ``person``: the party beside the terminal, whom the mediator notes it for.
    """

    given: bool
    notice: Annotated[str, Text(32, 1)]
    person: Id | None = None
    how: How = How.TAP


@dataclass(frozen=True, slots=True)
class RaiseHand(OfSession):
    """Wish to speak, or no longer."""

    raised: bool


@dataclass(frozen=True, slots=True)
class Hush(OfSession):
    """Shut somebody's microphone for all, or open it again."""

    participant: Id
    muted: bool


@dataclass(frozen=True, slots=True)
class CallMediator(OfSession):
    """Somebody who waits wants the mediator, or no longer."""

    calling: bool


@dataclass(frozen=True, slots=True)
class Say(OfSession):
    """A message to those who are in the same room now, and to nobody who comes later."""

    text: Annotated[str, Text(500, 1)]


@dataclass(frozen=True, slots=True)
class ShowPhoto(OfSession):
    """Show everybody in the room a photo that one side gave; it cannot be taken back."""

    photo: Id
