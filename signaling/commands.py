"""The commands a page may send, one frozen message each; PROTOCOL.md lists them.

A command travels in an envelope ``{v, id, type, body}``: ``id`` is a UUID made by the page (sending
it twice does it once), ``type`` one of ``COMMANDS``. The answer comes after the commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from signaling.codec import Between, Many, Text, decode
from signaling.errors import ProtocolError
from signaling.rights import Action

VERSION = 1

Id = Annotated[str, Text(32, 32)]
Name = Annotated[str, Text(40, 1)]
Phone = Annotated[str, Text(20)]
Reason = Annotated[str, Text(200)]
Seconds = Annotated[float, Between(0, 10 * 3600)]


class SessionKind(StrEnum):
    """Mediation of a dispute (人民调解) or plain legal consultation (法律咨询)."""

    MEDIATION = "mediation"
    CONSULTATION = "consultation"


class DeclineReason(StrEnum):
    """Why a lawyer does not take a call."""

    CONFLICT = "conflict"  # 利益冲突
    BUSY = "busy"  # 正在处理
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Person:
    """A party (当事人) beside the terminal and what they agreed to.

    Sources: 人民调解法 art. 20 (the lawyer's presence), 个人信息保护法 art. 14 (the recording).
    """

    name: Name
    recording: bool
    lawyer_presence: bool = True
    phone: Phone = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A legal basis: law, article and the version of the text it was read in."""

    law: Annotated[str, Text(60, 1)]
    article: Annotated[str, Text(40)] = ""
    version_date: Annotated[str, Text(10)] = ""


@dataclass(frozen=True, slots=True)
class Sync:
    """Ask for the present view; the first message of every connection."""


@dataclass(frozen=True, slots=True)
class RequestSession:
    """Start a session. The persons' consents were asked just before, in the wording ``notice``."""

    kind: SessionKind
    matter: Annotated[str, Text(32, 1)]
    persons: Annotated[tuple[Person, ...], Many(12, 1)]
    notice: Annotated[str, Text(32, 1)]
    mediator_recording: bool
    facts: Annotated[str, Text(2000)] = ""


@dataclass(frozen=True, slots=True)
class OfSession:
    """A command that names its session and nothing more."""

    session: Id


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
class AcceptCall(OfSession):
    """Take the call; exactly one lawyer gets it. ``recording``: the lawyer's own consent."""

    recording: bool = True


@dataclass(frozen=True, slots=True)
class DeclineCall(OfSession):
    """Do not take the call."""

    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class OfferMedia(OfSession):
    """The page's SDP offer; the answer carries the relay's."""

    sdp: Annotated[str, Text(65536, 1)]


@dataclass(frozen=True, slots=True)
class ShowMedia(OfSession):
    """What this participant is sending, for the others' labels."""

    microphone: bool
    camera: bool
    screen: bool = False


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
class AddAdvice(OfSession):
    """Log advice (法律建议). ``moment``: media time in seconds if it was marked earlier (F2).

    ``corrects`` names the entry that this one replaces; nothing is ever changed in place.
    """

    matter: Annotated[str, Text(32, 1)]
    advice: Annotated[str, Text(4000, 1)]
    legal_basis: Annotated[tuple[Citation, ...], Many(10)] = ()
    bring: Annotated[str, Text(1000)] = ""
    next_step: Annotated[str, Text(1000)] = ""
    moment: Seconds | None = None
    corrects: Id | None = None


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


@dataclass(frozen=True, slots=True)
class CallbackDone(OfSession):
    """Somebody on duty has called these people back."""


@dataclass(frozen=True, slots=True)
class GoOnDuty:
    """The lawyer can be rung from now on."""


@dataclass(frozen=True, slots=True)
class GoOffDuty:
    """The lawyer is not rung any more."""


@dataclass(frozen=True, slots=True)
class Route:
    """A command's body and the right it needs."""

    body: type
    action: Action


COMMANDS: Mapping[str, Route] = MappingProxyType(
    {
        "sync": Route(Sync, Action.SYNC),
        "session.request": Route(RequestSession, Action.REQUEST_SESSION),
        "session.cancel": Route(CancelSession, Action.CANCEL_SESSION),
        "session.keep_waiting": Route(KeepWaiting, Action.KEEP_WAITING),
        "session.request_callback": Route(RequestCallback, Action.REQUEST_CALLBACK),
        "session.pause": Route(PauseSession, Action.PAUSE_SESSION),
        "session.resume": Route(ResumeSession, Action.RESUME_SESSION),
        "session.hang_up": Route(HangUp, Action.HANG_UP),
        "session.confirm_receipt": Route(ConfirmReceipt, Action.CONFIRM_RECEIPT),
        "session.finish": Route(FinishSession, Action.FINISH_SESSION),
        "session.close": Route(CloseSession, Action.CLOSE_SESSION),
        "call.accept": Route(AcceptCall, Action.ACCEPT_CALL),
        "call.decline": Route(DeclineCall, Action.DECLINE_CALL),
        "callback.done": Route(CallbackDone, Action.CALL_BACK),
        "media.offer": Route(OfferMedia, Action.OFFER_MEDIA),
        "media.show": Route(ShowMedia, Action.SHOW_MEDIA),
        "advice.add": Route(AddAdvice, Action.ADD_ADVICE),
        "duty.on": Route(GoOnDuty, Action.GO_ON_DUTY),
        "duty.off": Route(GoOffDuty, Action.GO_OFF_DUTY),
    }
)


@dataclass(frozen=True, slots=True)
class Command:
    """A decoded envelope."""

    id: str
    type: str
    body: object

    @property
    def action(self) -> Action:
        """The right that this command needs."""
        return COMMANDS[self.type].action


@dataclass(frozen=True, slots=True)
class _Envelope:
    v: int
    id: Annotated[str, Text(36, 32)]
    type: Annotated[str, Text(64, 1)]


def decode_command(value: object) -> Command:
    """Decode an envelope; raise ProtocolError ``bad_message | bad_version | unknown_command``."""
    if not isinstance(value, dict):
        raise ProtocolError("bad_message", "an object is wanted")
    envelope = decode(_Envelope, {name: part for name, part in value.items() if name != "body"})
    if envelope.v != VERSION:
        raise ProtocolError("bad_version", f"version {VERSION} is spoken here")
    route = COMMANDS.get(envelope.type)
    if route is None:
        raise ProtocolError("unknown_command")
    return Command(_uuid(envelope.id), envelope.type, decode(route.body, value.get("body", {})))


def _uuid(text: str) -> str:
    try:
        return UUID(text).hex
    except ValueError:
        raise ProtocolError("bad_message", "id is not a UUID") from None
