"""Every (state, event) pair of every machine, against tables written by hand."""

import itertools
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import pytest

from signaling.adjournment import AdjournmentEvent, AdjournmentState
from signaling.appointment import APPOINTMENT, STANDING, AppointmentEvent, AppointmentState
from signaling.caucus import CaucusEvent, CaucusState
from signaling.guest import GuestEvent, GuestState
from signaling.machine import IllegalTransition, Machine
from signaling.participant import PARTICIPANT, ParticipantEvent, ParticipantState
from signaling.recording import ACTIVE, RECORDING, RecordingEvent, RecordingState
from signaling.session import IN_ROOM, SESSION, WAITING, SessionEvent, SessionState
from signaling.station_call import StationCallEvent, StationCallState
from tests.signaling.diagrams import DOCUMENT, MACHINES, drawn

# state: event → next state, for every legal pair; what is not here is illegal.
EXPECTED = {
    "session": """
        requested: ring → ringing, no_answer → unanswered, accept → accepted, cancel → cancelled,
                   defer → deferred
        ringing: ring → ringing, requeue → requested, no_answer → unanswered, accept → accepted,
                 cancel → cancelled, defer → deferred
        unanswered: keep_waiting → requested, accept → accepted, cancel → cancelled,
                    defer → deferred
        accepted: connect → live, requeue → requested, hang_up → wrapping, fail → failed
        live: pause → paused, requeue → requested, hang_up → wrapping, fail → failed
        paused: resume → live, requeue → requested, hang_up → wrapping, fail → failed
        wrapping: close → closed
        closed:
        cancelled:
        deferred:
        failed:
        """,
    "participant": """
        expected: offer → connecting, leave → left
        connecting: offer → connecting, connect → connected, lose → connecting, leave → left
        connected: offer → reconnecting, connect → connected, lose → reconnecting, leave → left
        reconnecting: offer → reconnecting, connect → connected, lose → reconnecting, leave → left
        left: offer → connecting, expect → expected
        """,
    "recording": """
        off: decline → declined, arm → armed
        declined: arm → armed
        armed: decline → declined, start → recording, interrupt → armed, fail → failed,
               close → closed
        recording: pause → paused, interrupt → interrupted, fail → failed, close → closed
        paused: resume → recording, interrupt → paused, fail → failed, close → closed
        interrupted: start → recording, pause → paused, interrupt → interrupted, fail → failed,
                     close → closed
        failed: start → recording, interrupt → interrupted, close → closed
        closed: arm → armed, decline → declined
        """,
    "guest": """
        invited: invite → invited, enter → preparing, refuse → refused, end → over
        preparing: invite → invited, knock → waiting, leave → away, refuse → refused, end → over
        waiting: invite → invited, admit → inside, leave → away, refuse → refused, end → over
        inside: send_out → waiting, leave → away, refuse → refused, end → over
        away: invite → invited, knock → waiting, refuse → refused, end → over
        refused: invite → invited, end → over
        over:
        """,
    "caucus": """
        invited: accept → accepted, decline → declined, withdraw → withdrawn
        accepted: lock → locked, return → returned
        locked: return → returned
        returned:
        declined:
        withdrawn:
        """,
    "adjournment": """
        agreed: move → agreed, continue → continued, drop → dropped
        continued: reopen → agreed
        dropped:
        """,
    "appointment": """
        booked: move → booked, cancel → cancelled, enter → entered, miss → missed
        entered: leave → booked, keep → kept
        kept:
        missed:
        cancelled:
        """,
    "station_call": """
        ringing: answer → answered, refuse → refused, miss → missed, withdraw → withdrawn
        answered:
        refused:
        missed:
        withdrawn:
        """,
}
KINDS: dict[str, tuple[type[StrEnum], type[StrEnum]]] = {
    "session": (SessionState, SessionEvent),
    "participant": (ParticipantState, ParticipantEvent),
    "recording": (RecordingState, RecordingEvent),
    "guest": (GuestState, GuestEvent),
    "caucus": (CaucusState, CaucusEvent),
    "adjournment": (AdjournmentState, AdjournmentEvent),
    "appointment": (AppointmentState, AppointmentEvent),
    "station_call": (StationCallState, StationCallEvent),
}
BY_NAME: dict[str, Machine[Any, Any]] = {machine.name: machine for machine in MACHINES}


def expected(name: str) -> dict[tuple[str, str], str]:
    table: dict[tuple[str, str], str] = {}
    state = ""
    for word in EXPECTED[name].replace(",", " ").replace("→", " ").split():
        if word.endswith(":"):
            state, event = word[:-1], ""
        elif not event:
            event = word
        else:
            table[state, event], event = word, ""
    return table


def pairs() -> Iterator[tuple[str, StrEnum, StrEnum]]:
    for name, (states, events) in KINDS.items():
        for state, event in itertools.product(states, events):
            yield name, state, event


def test_the_hand_written_tables_name_every_state() -> None:
    for name, (states, _) in KINDS.items():
        named = [word[:-1] for word in EXPECTED[name].split() if word.endswith(":")]
        assert named == list(states)


@pytest.mark.parametrize(("name", "state", "event"), list(pairs()))
def test_every_pair(name: str, state: StrEnum, event: StrEnum) -> None:
    machine, after = BY_NAME[name], expected(name).get((state.value, event.value))
    assert machine.allows(state, event) is (after is not None)
    if after is not None:
        assert machine.step(state, event) == after
        return
    before = dict(machine.table)
    with pytest.raises(IllegalTransition) as illegal:
        machine.step(state, event)
    assert (illegal.value.machine, illegal.value.state, illegal.value.event) == (name, state, event)
    assert machine.table == before


@pytest.mark.parametrize(
    ("machine", "initial", "final"),
    [
        (SESSION, "requested", {"closed", "cancelled", "deferred", "failed"}),
        (PARTICIPANT, "expected", set()),
        (RECORDING, "off", set()),
    ],
)
def test_beginnings_and_ends(machine: Machine[Any, Any], initial: str, final: set[str]) -> None:
    assert machine.initial == initial
    assert machine.final() == final


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_can_be_reached(machine: Machine[Any, Any]) -> None:
    reached = {machine.initial}
    while True:
        more = {after for (state, _), after in machine.table.items() if state in reached} - reached
        if not more:
            break
        reached |= more
    assert reached == set(KINDS[machine.name][0])


def test_the_named_sets_of_states() -> None:
    assert {"requested", "ringing", "unanswered"} == WAITING
    assert {"accepted", "live", "paused"} == IN_ROOM
    assert {"armed", "recording", "paused", "interrupted", "failed"} == ACTIVE
    assert {"booked", "entered"} == STANDING
    assert not STANDING & APPOINTMENT.final()


def test_nothing_that_ended_comes_back_and_nobody_waits_in_a_room() -> None:
    """Sets beside a table drift from it; these rules would catch that."""
    assert not WAITING & IN_ROOM
    assert not SESSION.final() & (WAITING | IN_ROOM)
    for (state, event), after in SESSION.table.items():
        if event is SessionEvent.ACCEPT:
            assert state in WAITING
            assert after is SessionState.ACCEPTED


def test_the_document_shows_the_tables() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert drawn(text) == text, "run python -m tests.signaling.diagrams"
