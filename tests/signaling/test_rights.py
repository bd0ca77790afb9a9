"""Role × action × scope × state, enumerated against a table written by hand."""

import itertools

import pytest

from server.rights import words
from signaling.commands import COMMANDS
from signaling.rights import Action, Role, Scope, may, right
from signaling.session import SessionState

WAIT = "requested ringing unanswered"
ROOM = "accepted live paused"
OVER = "wrapping closed"
ENDED = f"{OVER} cancelled deferred failed"
EVERY = f"{WAIT} {ROOM} {ENDED}"

# (role, action): scope and states; no states: no session is concerned. The rest is refused.
EXPECTED: dict[tuple[str, str], tuple[str, str]] = {
    ("mediator", "sync"): ("any", ""),
    ("mediator", "use_terminal"): ("any", ""),
    ("mediator", "request_session"): ("any", ""),
    ("mediator", "cancel_session"): ("own", WAIT),
    ("mediator", "keep_waiting"): ("own", "unanswered"),
    ("mediator", "request_callback"): ("own", WAIT),
    ("mediator", "book_session"): ("own", WAIT),
    ("mediator", "book_appointment"): ("any", ""),
    ("mediator", "change_appointment"): ("any", ""),
    ("mediator", "answer_station"): ("any", ""),
    ("mediator", "offer_media"): ("own", ROOM),
    ("mediator", "show_media"): ("own", ROOM),
    ("mediator", "point"): ("own", ROOM),
    ("mediator", "pause_session"): ("own", "live"),
    ("mediator", "resume_session"): ("own", "paused"),
    ("mediator", "hang_up"): ("own", ROOM),
    ("mediator", "adjourn_session"): ("own", f"live paused {OVER} cancelled deferred"),
    ("mediator", "confirm_receipt"): ("own", f"live paused {OVER}"),
    ("mediator", "finish_session"): ("own", OVER),
    ("mediator", "rate_session"): ("own", OVER),
    ("mediator", "invite_guest"): ("own", f"{WAIT} {ROOM}"),
    ("mediator", "know_person"): ("own", f"{WAIT} {ROOM}"),
    ("mediator", "admit_guest"): ("own", "live paused"),
    ("mediator", "send_out_guest"): ("own", ROOM),
    ("mediator", "refuse_guest"): ("own", f"{WAIT} {ROOM}"),
    ("mediator", "answer_consent"): ("own", f"{WAIT} {ROOM}"),
    ("mediator", "keep_apart"): ("own", f"{WAIT} {ROOM}"),
    ("mediator", "invite_aside"): ("own", "live paused"),
    ("mediator", "return_from_aside"): ("own", "live paused"),
    ("mediator", "record_aside"): ("own", "live paused"),
    ("mediator", "agree_aside"): ("own", "live paused"),
    ("mediator", "hush"): ("own", ROOM),
    ("mediator", "say"): ("own", ROOM),
    ("mediator", "give_photo"): ("own", ROOM),
    ("mediator", "see_photos"): ("own", ROOM),
    ("mediator", "show_photo"): ("own", ROOM),
    ("mediator", "take_back_photo"): ("own", ROOM),
    ("party", "sync"): ("any", ""),
    ("party", "knock"): ("own", f"{WAIT} {ROOM}"),
    ("party", "leave_room"): ("own", f"{WAIT} {ROOM}"),
    ("party", "answer_consent"): ("own", f"{WAIT} {ROOM}"),
    ("party", "offer_media"): ("inside", ROOM),
    ("party", "show_media"): ("inside", ROOM),
    ("party", "point"): ("inside", ROOM),
    ("party", "answer_aside"): ("inside", "live paused"),
    ("party", "agree_aside"): ("inside", "live paused"),
    ("party", "raise_hand"): ("inside", ROOM),
    ("party", "call_mediator"): ("inside", ROOM),
    ("party", "say"): ("inside", ROOM),
    ("party", "give_photo"): ("inside", ROOM),
    ("party", "see_photos"): ("inside", ROOM),
    ("party", "take_back_photo"): ("inside", ROOM),
    ("lawyer", "answer_consent"): ("inside", ROOM),
    ("lawyer", "agree_aside"): ("inside", "live paused"),
    ("lawyer", "raise_hand"): ("inside", ROOM),
    ("lawyer", "call_mediator"): ("inside", ROOM),
    ("lawyer", "say"): ("inside", ROOM),
    ("lawyer", "see_photos"): ("inside", f"{ROOM} wrapping"),
    ("lawyer", "sync"): ("any", ""),
    ("lawyer", "use_desk"): ("any", ""),
    ("lawyer", "declare_conflict"): ("any", ""),
    ("lawyer", "read_roster"): ("any", ""),
    ("lawyer", "keep_own_roster"): ("any", ""),
    ("lawyer", "go_on_duty"): ("any", ""),
    ("lawyer", "go_off_duty"): ("any", ""),
    ("lawyer", "book_session"): ("rung", "deferred"),
    ("lawyer", "book_appointment"): ("any", ""),
    ("lawyer", "change_appointment"): ("any", ""),
    ("lawyer", "read_appointments"): ("any", ""),
    ("lawyer", "call_station"): ("any", ""),
    ("lawyer", "accept_call"): ("rung", f"{WAIT} live paused"),
    ("lawyer", "decline_call"): ("rung", "ringing live paused"),
    ("lawyer", "hand_over"): ("own", "live paused"),
    ("lawyer", "give_back"): ("own", "live paused"),
    ("lawyer", "leave_talk"): ("inside", ROOM),
    ("lawyer", "call_back"): ("rung", "deferred"),
    ("lawyer", "offer_media"): ("inside", ROOM),
    ("lawyer", "show_media"): ("inside", ROOM),
    ("lawyer", "point"): ("inside", ROOM),
    ("lawyer", "pause_session"): ("own", "live"),
    ("lawyer", "resume_session"): ("own", "paused"),
    ("lawyer", "hang_up"): ("own", ROOM),
    ("lawyer", "add_advice"): ("inside", f"{ROOM} wrapping"),
    ("lawyer", "close_session"): ("own", "wrapping"),
    ("admin", "watch_desk"): ("any", ""),
    ("admin", "read_roster"): ("any", ""),
    ("admin", "book_appointment"): ("any", ""),
    ("admin", "manage_appointments"): ("any", ""),
    ("admin", "read_appointments"): ("any", ""),
    ("supervisor", "read_appointments"): ("any", ""),
    ("admin", "manage_roster"): ("any", ""),
    ("admin", "search_sessions"): ("any", ""),
    ("admin", "read_session"): ("any", EVERY),
    ("admin", "watch_recording"): ("any", ENDED),
    ("admin", "export_recording"): ("any", ENDED),
    ("admin", "know_apart"): ("any", EVERY),
    ("admin", "watch_apart"): ("any", ENDED),
    ("admin", "approve_apart"): ("any", ENDED),
    ("admin", "manage_apart"): ("any", ""),
    ("supervisor", "know_apart"): ("any", EVERY),
    ("supervisor", "approve_apart"): ("any", ENDED),
    ("admin", "verify_recording"): ("any", ENDED),
    ("admin", "approve_export"): ("any", ENDED),
    ("admin", "read_audit"): ("any", ""),
    ("admin", "manage_stations"): ("any", ""),
    ("admin", "manage_people"): ("any", ""),
    ("admin", "watch_health"): ("any", ""),
    ("admin", "read_overview"): ("any", ""),
    ("admin", "read_rights"): ("any", ""),
    ("admin", "manage_texts"): ("any", ""),
    ("admin", "handle_tasks"): ("any", ""),
    ("admin", "read_proof"): ("any", ""),
    ("supervisor", "watch_desk"): ("any", ""),
    ("admin", "read_retention"): ("any", ""),
    ("admin", "manage_retention"): ("any", ""),
    ("admin", "hold_recording"): ("any", EVERY),
    ("admin", "propose_deletion"): ("any", ENDED),
    ("admin", "confirm_deletion"): ("any", ENDED),
    ("supervisor", "search_sessions"): ("any", ""),
    ("supervisor", "read_session"): ("any", EVERY),
    ("supervisor", "read_audit"): ("any", ""),
    ("supervisor", "watch_health"): ("any", ""),
    ("supervisor", "read_overview"): ("any", ""),
    ("supervisor", "read_rights"): ("any", ""),
    ("supervisor", "handle_tasks"): ("any", ""),
    ("supervisor", "read_proof"): ("any", ""),
    ("supervisor", "read_retention"): ("any", ""),
    ("supervisor", "hold_recording"): ("any", EVERY),
    ("supervisor", "confirm_deletion"): ("any", ENDED),
    ("supervisor", "approve_export"): ("any", ENDED),
}
SCOPES = [
    frozenset(some) for n in range(len(Scope) + 1) for some in itertools.combinations(Scope, n)
]
STATES = (None, *SessionState)


def allowed(role: str, action: str, scopes: frozenset[Scope], state: SessionState | None) -> bool:
    if (role, action) not in EXPECTED:
        return False
    scope, states = EXPECTED[role, action]
    return (scope == "any" or scope in scopes) and (not states or state in states.split())


def test_the_hand_written_table_names_only_what_there_is() -> None:
    for role, action in EXPECTED:
        assert Role(role)
        assert Action(action)
    assert set(EVERY.split()) == set(SessionState)


@pytest.mark.parametrize("role", Role)
def test_every_role_action_scope_and_state(role: Role) -> None:
    for action, scopes, state in itertools.product(Action, SCOPES, STATES):
        wanted = allowed(role, action, scopes, state)
        assert may(role, action, scopes, state) is wanted, (role, action, scopes, state)


@pytest.mark.parametrize("role", Role)
def test_right_is_none_exactly_where_nothing_is_listed(role: Role) -> None:
    for action in Action:
        assert (right(role, action) is not None) is ((role.value, action.value) in EXPECTED)


def test_the_page_of_rights_says_every_action_in_chinese() -> None:
    assert set(words.ACTIONS) == set(Action), "server/rights/words.py says them for /admin/rights"
    said = (set(words.ROLES), set(words.SCOPES), set(words.STATES))
    assert said == (set(Role), set(Scope), set(SessionState))


def test_a_party_may_do_nothing_outside_their_own_session() -> None:
    anywhere = {action for action in Action if may(Role.PARTY, action, frozenset())}
    assert anywhere == {Action.SYNC}


def test_only_lawyers_advise_and_only_mediators_ask() -> None:
    by_action = {action: {role for role in Role if right(role, action)} for action in Action}
    assert by_action[Action.ADD_ADVICE] == {Role.LAWYER}
    assert by_action[Action.REQUEST_SESSION] == {Role.MEDIATOR}
    assert by_action[Action.WATCH_RECORDING] == {Role.ADMIN}


def test_every_command_has_a_role_that_may_send_it() -> None:
    for name, route in COMMANDS.items():
        assert any(right(role, route.action) for role in Role), name
