"""The commands a page may send, one frozen message each; PROTOCOL.md lists them.

A command travels in an envelope ``{v, id, type, body}``: ``id`` is a UUID made by the page (sending
it twice does it once), ``type`` one of ``COMMANDS``. The answer comes after the commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from signaling.codec import Text, decode
from signaling.commands.advice import AddAdvice, Citation
from signaling.commands.appointments import (
    AnswerStationCall,
    BookAppointment,
    BookSession,
    CallStation,
    CancelAppointment,
    MoveAppointment,
    RefuseStationCall,
    StopStationCall,
)
from signaling.commands.duty import (
    AcceptCall,
    CallbackDone,
    DeclineCall,
    DeclineReason,
    GiveBack,
    GoOffDuty,
    GoOnDuty,
    HandOver,
    HandOverKind,
    LeaveTalk,
    StopHandOver,
)
from signaling.commands.fields import OfSession
from signaling.commands.media import OfferMedia, PointAt, ShowMedia, WantPictures
from signaling.commands.rooms import (
    AdmitGuest,
    AgreeAside,
    AnswerAside,
    AnswerConsent,
    CallMediator,
    Hush,
    IdentityWay,
    InviteAside,
    KeepApart,
    Knock,
    KnowPerson,
    LeaveRoom,
    RaiseHand,
    RecordAside,
    RefuseGuest,
    ReturnFromAside,
    Say,
    SendOutGuest,
    ShowPhoto,
)
from signaling.commands.session import (
    AdjournSession,
    CancelSession,
    CloseSession,
    ConfirmReceipt,
    DropAdjournment,
    FinishSession,
    HangUp,
    KeepWaiting,
    PauseSession,
    Person,
    RequestCallback,
    RequestSession,
    ResumeSession,
    SessionKind,
    Sync,
)
from signaling.errors import ProtocolError
from signaling.rights import Action

__all__ = [
    "COMMANDS",
    "VERSION",
    "AcceptCall",
    "AddAdvice",
    "AdjournSession",
    "AdmitGuest",
    "AgreeAside",
    "AnswerAside",
    "AnswerConsent",
    "AnswerStationCall",
    "BookAppointment",
    "BookSession",
    "CallMediator",
    "CallStation",
    "CallbackDone",
    "CancelAppointment",
    "CancelSession",
    "Citation",
    "CloseSession",
    "Command",
    "ConfirmReceipt",
    "DeclineCall",
    "DeclineReason",
    "DropAdjournment",
    "FinishSession",
    "GiveBack",
    "GoOffDuty",
    "GoOnDuty",
    "HandOver",
    "HandOverKind",
    "HangUp",
    "Hush",
    "IdentityWay",
    "InviteAside",
    "KeepApart",
    "KeepWaiting",
    "Knock",
    "KnowPerson",
    "LeaveRoom",
    "LeaveTalk",
    "MoveAppointment",
    "OfSession",
    "OfferMedia",
    "PauseSession",
    "Person",
    "PointAt",
    "RaiseHand",
    "RecordAside",
    "RefuseGuest",
    "RefuseStationCall",
    "RequestCallback",
    "RequestSession",
    "ResumeSession",
    "ReturnFromAside",
    "Route",
    "Say",
    "SendOutGuest",
    "SessionKind",
    "ShowMedia",
    "ShowPhoto",
    "StopHandOver",
    "StopStationCall",
    "Sync",
    "WantPictures",
    "decode_command",
]

VERSION = 1


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
        "session.book": Route(BookSession, Action.BOOK_SESSION),
        "session.pause": Route(PauseSession, Action.PAUSE_SESSION),
        "session.resume": Route(ResumeSession, Action.RESUME_SESSION),
        "session.hang_up": Route(HangUp, Action.HANG_UP),
        "session.adjourn": Route(AdjournSession, Action.ADJOURN_SESSION),
        "session.drop_adjournment": Route(DropAdjournment, Action.ADJOURN_SESSION),
        "session.confirm_receipt": Route(ConfirmReceipt, Action.CONFIRM_RECEIPT),
        "session.finish": Route(FinishSession, Action.FINISH_SESSION),
        "session.close": Route(CloseSession, Action.CLOSE_SESSION),
        "call.accept": Route(AcceptCall, Action.ACCEPT_CALL),
        "call.decline": Route(DeclineCall, Action.DECLINE_CALL),
        "call.hand_over": Route(HandOver, Action.HAND_OVER),
        "call.stop_hand_over": Route(StopHandOver, Action.HAND_OVER),
        "call.give_back": Route(GiveBack, Action.GIVE_BACK),
        "call.leave": Route(LeaveTalk, Action.LEAVE_TALK),
        "callback.done": Route(CallbackDone, Action.CALL_BACK),
        "media.offer": Route(OfferMedia, Action.OFFER_MEDIA),
        "media.pictures": Route(WantPictures, Action.OFFER_MEDIA),
        "media.point": Route(PointAt, Action.POINT),
        "media.show": Route(ShowMedia, Action.SHOW_MEDIA),
        "guest.know": Route(KnowPerson, Action.KNOW_PERSON),
        "guest.admit": Route(AdmitGuest, Action.ADMIT_GUEST),
        "guest.send_out": Route(SendOutGuest, Action.SEND_OUT_GUEST),
        "guest.refuse": Route(RefuseGuest, Action.REFUSE_GUEST),
        "guest.knock": Route(Knock, Action.KNOCK),
        "guest.leave": Route(LeaveRoom, Action.LEAVE_ROOM),
        "consent.answer": Route(AnswerConsent, Action.ANSWER_CONSENT),
        "persons.keep_apart": Route(KeepApart, Action.KEEP_APART),
        "aside.invite": Route(InviteAside, Action.INVITE_ASIDE),
        "aside.answer": Route(AnswerAside, Action.ANSWER_ASIDE),
        "aside.record": Route(RecordAside, Action.RECORD_ASIDE),
        "aside.agree": Route(AgreeAside, Action.AGREE_ASIDE),
        "aside.return": Route(ReturnFromAside, Action.RETURN_FROM_ASIDE),
        "room.hand": Route(RaiseHand, Action.RAISE_HAND),
        "room.hush": Route(Hush, Action.HUSH),
        "room.call": Route(CallMediator, Action.CALL_MEDIATOR),
        "room.say": Route(Say, Action.SAY),
        "photo.show": Route(ShowPhoto, Action.SHOW_PHOTO),
        "advice.add": Route(AddAdvice, Action.ADD_ADVICE),
        "appointment.book": Route(BookAppointment, Action.BOOK_APPOINTMENT),
        "appointment.move": Route(MoveAppointment, Action.CHANGE_APPOINTMENT),
        "appointment.cancel": Route(CancelAppointment, Action.CHANGE_APPOINTMENT),
        "station.call": Route(CallStation, Action.CALL_STATION),
        "station.stop": Route(StopStationCall, Action.CALL_STATION),
        "station.answer": Route(AnswerStationCall, Action.ANSWER_STATION),
        "station.refuse": Route(RefuseStationCall, Action.ANSWER_STATION),
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
