"""Who may do what: one table, ``role × action → scope and states``.

What the table does not list is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from signaling.session import ENDED, GIVEN_UP, IN_ROOM, WAITING, SessionState


class Role(StrEnum):
    """Who somebody is here."""

    MEDIATOR = "mediator"  # 调解员, at a site terminal
    LAWYER = "lawyer"  # 值班律师
    PARTY = "party"  # 当事人, by guest link
    ADMIN = "admin"  # 管理员
    SUPERVISOR = "supervisor"  # 督导


class Action(StrEnum):
    """Everything that somebody may want to do."""

    SYNC = "sync"
    REQUEST_SESSION = "request_session"
    CANCEL_SESSION = "cancel_session"
    KEEP_WAITING = "keep_waiting"
    REQUEST_CALLBACK = "request_callback"
    BOOK_SESSION = "book_session"
    BOOK_APPOINTMENT = "book_appointment"
    CHANGE_APPOINTMENT = "change_appointment"
    READ_APPOINTMENTS = "read_appointments"
    MANAGE_APPOINTMENTS = "manage_appointments"
    CALL_STATION = "call_station"
    ANSWER_STATION = "answer_station"
    ACCEPT_CALL = "accept_call"
    DECLINE_CALL = "decline_call"
    CALL_BACK = "call_back"
    HAND_OVER = "hand_over"
    GIVE_BACK = "give_back"
    LEAVE_TALK = "leave_talk"
    OFFER_MEDIA = "offer_media"
    SHOW_MEDIA = "show_media"
    POINT = "point"
    PAUSE_SESSION = "pause_session"
    RESUME_SESSION = "resume_session"
    HANG_UP = "hang_up"
    ADJOURN_SESSION = "adjourn_session"
    ADD_ADVICE = "add_advice"
    CONFIRM_RECEIPT = "confirm_receipt"
    FINISH_SESSION = "finish_session"
    CLOSE_SESSION = "close_session"
    INVITE_GUEST = "invite_guest"
    KNOW_PERSON = "know_person"
    ADMIT_GUEST = "admit_guest"
    SEND_OUT_GUEST = "send_out_guest"
    REFUSE_GUEST = "refuse_guest"
    KNOCK = "knock"
    LEAVE_ROOM = "leave_room"
    ANSWER_CONSENT = "answer_consent"
    KEEP_APART = "keep_apart"
    INVITE_ASIDE = "invite_aside"
    ANSWER_ASIDE = "answer_aside"
    RETURN_FROM_ASIDE = "return_from_aside"
    RECORD_ASIDE = "record_aside"
    AGREE_ASIDE = "agree_aside"
    RAISE_HAND = "raise_hand"
    HUSH = "hush"
    CALL_MEDIATOR = "call_mediator"
    SAY = "say"
    GIVE_PHOTO = "give_photo"
    SEE_PHOTOS = "see_photos"
    SHOW_PHOTO = "show_photo"
    TAKE_BACK_PHOTO = "take_back_photo"
    GO_ON_DUTY = "go_on_duty"
    GO_OFF_DUTY = "go_off_duty"
    USE_TERMINAL = "use_terminal"
    USE_DESK = "use_desk"
    DECLARE_CONFLICT = "declare_conflict"
    READ_ROSTER = "read_roster"
    MANAGE_ROSTER = "manage_roster"
    KEEP_OWN_ROSTER = "keep_own_roster"
    WATCH_DESK = "watch_desk"
    SEARCH_SESSIONS = "search_sessions"
    READ_SESSION = "read_session"
    WATCH_RECORDING = "watch_recording"
    KNOW_APART = "know_apart"
    WATCH_APART = "watch_apart"
    APPROVE_APART = "approve_apart"
    MANAGE_APART = "manage_apart"
    EXPORT_RECORDING = "export_recording"
    APPROVE_EXPORT = "approve_export"
    VERIFY_RECORDING = "verify_recording"
    READ_AUDIT = "read_audit"
    MANAGE_STATIONS = "manage_stations"
    MANAGE_PEOPLE = "manage_people"
    WATCH_HEALTH = "watch_health"
    READ_OVERVIEW = "read_overview"
    READ_RIGHTS = "read_rights"
    MANAGE_TEXTS = "manage_texts"
    RATE_SESSION = "rate_session"
    HANDLE_TASKS = "handle_tasks"
    READ_PROOF = "read_proof"
    READ_RETENTION = "read_retention"
    MANAGE_RETENTION = "manage_retention"
    HOLD_RECORDING = "hold_recording"
    PROPOSE_DELETION = "propose_deletion"
    CONFIRM_DELETION = "confirm_deletion"


class Scope(StrEnum):
    """Over which things a right reaches."""

    OWN = "own"  # one's own session: the mediator's station's, the lawyer's, the party's
    RUNG = (
        "rung"  # a session that rings this lawyer, or one that waits and anybody on duty may take
    )
    INSIDE = "inside"  # in the room: one's own, as a guest let in, as a lawyer called in
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Right:
    """Reach and time of a right; ``states`` is empty where no session is concerned."""

    scope: Scope
    states: frozenset[SessionState] = frozenset()


_EVERY = frozenset(SessionState)
_TALK = frozenset({SessionState.LIVE, SessionState.PAUSED})
_BEFORE_THE_END = WAITING | IN_ROOM
_ADVISING = IN_ROOM | {SessionState.WRAPPING}
_OVER = frozenset({SessionState.WRAPPING, SessionState.CLOSED})
_ANYWHERE = Right(Scope.ANY)
_A, _R = Action, Role

RIGHTS: Mapping[tuple[Role, Action], Right] = MappingProxyType(
    {
        (_R.MEDIATOR, _A.SYNC): _ANYWHERE,
        (_R.MEDIATOR, _A.USE_TERMINAL): _ANYWHERE,
        (_R.MEDIATOR, _A.REQUEST_SESSION): _ANYWHERE,
        (_R.MEDIATOR, _A.CANCEL_SESSION): Right(Scope.OWN, WAITING),
        (_R.MEDIATOR, _A.KEEP_WAITING): Right(Scope.OWN, frozenset({SessionState.UNANSWERED})),
        (_R.MEDIATOR, _A.REQUEST_CALLBACK): Right(Scope.OWN, WAITING),
        (_R.MEDIATOR, _A.BOOK_SESSION): Right(Scope.OWN, WAITING),
        (_R.MEDIATOR, _A.BOOK_APPOINTMENT): _ANYWHERE,
        (_R.MEDIATOR, _A.CHANGE_APPOINTMENT): _ANYWHERE,
        (_R.MEDIATOR, _A.ANSWER_STATION): _ANYWHERE,
        (_R.MEDIATOR, _A.OFFER_MEDIA): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.SHOW_MEDIA): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.POINT): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.PAUSE_SESSION): Right(Scope.OWN, frozenset({SessionState.LIVE})),
        (_R.MEDIATOR, _A.RESUME_SESSION): Right(Scope.OWN, frozenset({SessionState.PAUSED})),
        (_R.MEDIATOR, _A.HANG_UP): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.ADJOURN_SESSION): Right(Scope.OWN, _TALK | _OVER | GIVEN_UP),
        (_R.MEDIATOR, _A.CONFIRM_RECEIPT): Right(Scope.OWN, _TALK | _OVER),
        (_R.MEDIATOR, _A.FINISH_SESSION): Right(Scope.OWN, _OVER),
        (_R.MEDIATOR, _A.RATE_SESSION): Right(Scope.OWN, _OVER),
        (_R.MEDIATOR, _A.INVITE_GUEST): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.MEDIATOR, _A.KNOW_PERSON): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.MEDIATOR, _A.ADMIT_GUEST): Right(Scope.OWN, _TALK),
        (_R.MEDIATOR, _A.SEND_OUT_GUEST): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.REFUSE_GUEST): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.MEDIATOR, _A.ANSWER_CONSENT): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.MEDIATOR, _A.KEEP_APART): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.MEDIATOR, _A.INVITE_ASIDE): Right(Scope.OWN, _TALK),
        (_R.MEDIATOR, _A.RETURN_FROM_ASIDE): Right(Scope.OWN, _TALK),
        (_R.MEDIATOR, _A.RECORD_ASIDE): Right(Scope.OWN, _TALK),
        (_R.MEDIATOR, _A.AGREE_ASIDE): Right(Scope.OWN, _TALK),
        (_R.MEDIATOR, _A.HUSH): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.SAY): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.GIVE_PHOTO): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.SEE_PHOTOS): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.SHOW_PHOTO): Right(Scope.OWN, IN_ROOM),
        (_R.MEDIATOR, _A.TAKE_BACK_PHOTO): Right(Scope.OWN, IN_ROOM),
        (_R.PARTY, _A.SYNC): _ANYWHERE,
        (_R.PARTY, _A.KNOCK): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.PARTY, _A.LEAVE_ROOM): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.PARTY, _A.ANSWER_CONSENT): Right(Scope.OWN, _BEFORE_THE_END),
        (_R.PARTY, _A.OFFER_MEDIA): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.SHOW_MEDIA): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.POINT): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.ANSWER_ASIDE): Right(Scope.INSIDE, _TALK),
        (_R.PARTY, _A.AGREE_ASIDE): Right(Scope.INSIDE, _TALK),
        (_R.PARTY, _A.RAISE_HAND): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.CALL_MEDIATOR): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.SAY): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.GIVE_PHOTO): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.SEE_PHOTOS): Right(Scope.INSIDE, IN_ROOM),
        (_R.PARTY, _A.TAKE_BACK_PHOTO): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.ANSWER_CONSENT): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.AGREE_ASIDE): Right(Scope.INSIDE, _TALK),
        (_R.LAWYER, _A.RAISE_HAND): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.CALL_MEDIATOR): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.SAY): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.SEE_PHOTOS): Right(Scope.INSIDE, _ADVISING),
        (_R.LAWYER, _A.SYNC): _ANYWHERE,
        (_R.LAWYER, _A.USE_DESK): _ANYWHERE,
        (_R.LAWYER, _A.DECLARE_CONFLICT): _ANYWHERE,
        (_R.LAWYER, _A.READ_ROSTER): _ANYWHERE,
        (_R.LAWYER, _A.KEEP_OWN_ROSTER): _ANYWHERE,
        (_R.LAWYER, _A.GO_ON_DUTY): _ANYWHERE,
        (_R.LAWYER, _A.GO_OFF_DUTY): _ANYWHERE,
        (_R.LAWYER, _A.BOOK_SESSION): Right(Scope.RUNG, frozenset({SessionState.DEFERRED})),
        (_R.LAWYER, _A.BOOK_APPOINTMENT): _ANYWHERE,
        (_R.LAWYER, _A.CHANGE_APPOINTMENT): _ANYWHERE,
        (_R.LAWYER, _A.READ_APPOINTMENTS): _ANYWHERE,
        (_R.LAWYER, _A.CALL_STATION): _ANYWHERE,
        (_R.LAWYER, _A.ACCEPT_CALL): Right(Scope.RUNG, WAITING | _TALK),
        (_R.LAWYER, _A.DECLINE_CALL): Right(Scope.RUNG, _TALK | {SessionState.RINGING}),
        (_R.LAWYER, _A.HAND_OVER): Right(Scope.OWN, _TALK),
        (_R.LAWYER, _A.GIVE_BACK): Right(Scope.OWN, _TALK),
        (_R.LAWYER, _A.LEAVE_TALK): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.CALL_BACK): Right(Scope.RUNG, frozenset({SessionState.DEFERRED})),
        (_R.LAWYER, _A.OFFER_MEDIA): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.SHOW_MEDIA): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.POINT): Right(Scope.INSIDE, IN_ROOM),
        (_R.LAWYER, _A.PAUSE_SESSION): Right(Scope.OWN, frozenset({SessionState.LIVE})),
        (_R.LAWYER, _A.RESUME_SESSION): Right(Scope.OWN, frozenset({SessionState.PAUSED})),
        (_R.LAWYER, _A.HANG_UP): Right(Scope.OWN, IN_ROOM),
        (_R.LAWYER, _A.ADD_ADVICE): Right(Scope.INSIDE, _ADVISING),
        (_R.LAWYER, _A.CLOSE_SESSION): Right(Scope.OWN, frozenset({SessionState.WRAPPING})),
        (_R.ADMIN, _A.WATCH_DESK): _ANYWHERE,
        (_R.ADMIN, _A.READ_ROSTER): _ANYWHERE,
        (_R.ADMIN, _A.BOOK_APPOINTMENT): _ANYWHERE,
        (_R.ADMIN, _A.MANAGE_APPOINTMENTS): _ANYWHERE,
        (_R.ADMIN, _A.READ_APPOINTMENTS): _ANYWHERE,
        (_R.ADMIN, _A.MANAGE_ROSTER): _ANYWHERE,
        (_R.ADMIN, _A.SEARCH_SESSIONS): _ANYWHERE,
        (_R.ADMIN, _A.READ_SESSION): Right(Scope.ANY, _EVERY),
        (_R.ADMIN, _A.WATCH_RECORDING): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.EXPORT_RECORDING): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.APPROVE_EXPORT): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.KNOW_APART): Right(Scope.ANY, _EVERY),
        (_R.ADMIN, _A.WATCH_APART): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.APPROVE_APART): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.MANAGE_APART): _ANYWHERE,
        (_R.ADMIN, _A.VERIFY_RECORDING): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.READ_AUDIT): _ANYWHERE,
        (_R.ADMIN, _A.MANAGE_STATIONS): _ANYWHERE,
        (_R.ADMIN, _A.MANAGE_PEOPLE): _ANYWHERE,
        (_R.ADMIN, _A.WATCH_HEALTH): _ANYWHERE,
        (_R.ADMIN, _A.READ_OVERVIEW): _ANYWHERE,
        (_R.ADMIN, _A.READ_RIGHTS): _ANYWHERE,
        (_R.ADMIN, _A.MANAGE_TEXTS): _ANYWHERE,
        (_R.ADMIN, _A.HANDLE_TASKS): _ANYWHERE,
        (_R.ADMIN, _A.READ_PROOF): _ANYWHERE,
        (_R.SUPERVISOR, _A.WATCH_DESK): _ANYWHERE,
        (_R.SUPERVISOR, _A.READ_APPOINTMENTS): _ANYWHERE,
        (_R.ADMIN, _A.READ_RETENTION): _ANYWHERE,
        (_R.ADMIN, _A.MANAGE_RETENTION): _ANYWHERE,
        (_R.ADMIN, _A.HOLD_RECORDING): Right(Scope.ANY, _EVERY),
        (_R.ADMIN, _A.PROPOSE_DELETION): Right(Scope.ANY, ENDED),
        (_R.ADMIN, _A.CONFIRM_DELETION): Right(Scope.ANY, ENDED),
        (_R.SUPERVISOR, _A.SEARCH_SESSIONS): _ANYWHERE,
        (_R.SUPERVISOR, _A.READ_SESSION): Right(Scope.ANY, _EVERY),
        (_R.SUPERVISOR, _A.READ_AUDIT): _ANYWHERE,
        (_R.SUPERVISOR, _A.WATCH_HEALTH): _ANYWHERE,
        (_R.SUPERVISOR, _A.READ_OVERVIEW): _ANYWHERE,
        (_R.SUPERVISOR, _A.READ_RIGHTS): _ANYWHERE,
        (_R.SUPERVISOR, _A.HANDLE_TASKS): _ANYWHERE,
        (_R.SUPERVISOR, _A.READ_PROOF): _ANYWHERE,
        (_R.SUPERVISOR, _A.READ_RETENTION): _ANYWHERE,
        (_R.SUPERVISOR, _A.HOLD_RECORDING): Right(Scope.ANY, _EVERY),
        (_R.SUPERVISOR, _A.APPROVE_EXPORT): Right(Scope.ANY, ENDED),
        (_R.SUPERVISOR, _A.KNOW_APART): Right(Scope.ANY, _EVERY),
        (_R.SUPERVISOR, _A.APPROVE_APART): Right(Scope.ANY, ENDED),
        (_R.SUPERVISOR, _A.CONFIRM_DELETION): Right(Scope.ANY, ENDED),
    }
)


def right(role: Role, action: Action) -> Right | None:
    """Return the right, or None where the table lists none."""
    return RIGHTS.get((role, action))


def may(
    role: Role, action: Action, scopes: frozenset[Scope], state: SessionState | None = None
) -> bool:
    """Tell whether the table allows it to somebody for whom the thing lies in ``scopes``."""
    found = right(role, action)
    if found is None:
        return False
    reached = found.scope is Scope.ANY or found.scope in scopes
    return reached and (not found.states or state in found.states)
