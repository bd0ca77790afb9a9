"""What must hold at the desk at every moment; the model walks towards breaking it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from server.storage.schema import (
    Caucus,
    DispatchStep,
    Duty,
    DutyPeriod,
    Event,
    RingOffer,
    Session,
    StationCall,
)
from signaling.caucus import CAUCUS
from signaling.dispatch import Stage
from signaling.events import EventType
from signaling.recording import RecordingState
from signaling.session import IN_ROOM, WAITING, SessionState

TALKING = frozenset({SessionState.LIVE, SessionState.PAUSED})
BESIDE = frozenset({Stage.TRANSFER, Stage.CALL_IN})


@dataclass(frozen=True)
class Seen:
    """Every row that this is about.

    ``agreeing``: the talks in which everybody agrees to be recorded; ``there``: the lawyers whose
    pages have been open at a living process for as long as a lease.
    """

    at: datetime
    sessions: list[Session]
    duties: list[Duty]
    offers: list[RingOffer]
    steps: list[DispatchStep]
    events: list[Event]
    periods: list[DutyPeriod]
    apart: list[Caucus]
    station_calls: list[StationCall]
    agreeing: Collection[str]
    there: Collection[str]


def one_call_one_lawyer_one_lawyer_one_call(seen: Seen) -> None:
    talking = [one for one in seen.sessions if one.state in IN_ROOM]
    assert all(one.lawyer_id for one in talking)
    assert len({one.lawyer_id for one in talking}) == len(talking)
    holds = {duty.session_id: duty.lawyer_id for duty in seen.duties if duty.session_id}
    for one in talking:
        assert holds.get(one.id) == one.lawyer_id, "who talks is taken"
    by_id = {one.id: one for one in seen.sessions}
    for session, lawyer in holds.items():
        assert by_id[session].lawyer_id == lawyer
        assert by_id[session].state in IN_ROOM | {SessionState.WRAPPING}
    for duty in seen.duties:
        if duty.helping_id is not None:
            assert duty.session_id is None, "a second lawyer has no call of their own"
            assert by_id[duty.helping_id].state in TALKING


def rings_ring_for_somebody(seen: Seen, recused: str) -> None:
    sessions = {one.id: one for one in seen.sessions}
    ringing = [one for one in seen.offers if one.ended_at is None]
    assert len({one.lawyer_id for one in ringing}) == len(ringing)
    for offer in ringing:
        state = sessions[offer.session_id].state
        assert state in (TALKING if offer.stage in BESIDE else {SessionState.RINGING})
    for offer in seen.offers:
        party = sessions[offer.session_id].facts
        assert offer.lawyer_id != recused or party in ("", "李秀英"), "a declared conflict was rung"


def nobody_waiting_is_forgotten(seen: Seen) -> None:
    for one in seen.sessions:
        if one.state in WAITING | {SessionState.ACCEPTED}:
            assert one.due_at is not None, "nothing would ever look at it again"


def nobody_is_looked_for_in_vain(seen: Seen) -> None:
    """A colleague is asked for in a talk only, and rung or looked for again, or it is said."""
    ringing = {one.session_id for one in seen.offers if one.ended_at is None}
    for one in seen.sessions:
        if one.seeks is not None:
            assert one.state in TALKING
            assert one.seeks_unmet or one.id in ringing or one.due_at is not None
        assert one.seeks_unmet is False or one.id not in ringing


def every_step_is_explained(seen: Seen) -> None:
    """Every ring stands in a step with its reasons, every change in a log without repetition."""
    rung = {
        (step.session_id, step.at, entry["lawyer"])
        for step in seen.steps
        for entry in step.considered
        if entry["verdict"] == "rung"
    }
    handed = {
        (entry.session_id, entry.at, entry.body["lawyer"])
        for entry in seen.events
        if entry.type in (EventType.CALL_HANDED, EventType.CALL_GIVEN_BACK)
    }
    for offer in seen.offers:
        it = (offer.session_id, offer.rang_at, offer.lawyer_id)
        assert it in rung or offer.outcome == "handed_back"
        assert it in handed or offer.stage not in BESIDE
    numbers = Counter((entry.session_id, entry.seq) for entry in seen.events)
    assert all(count == 1 for count in numbers.values())
    newest = {one.id: one.seq for one in seen.sessions}
    assert all(seq <= newest[session] for session, seq in numbers)


def rings_end_with_what_they_belong_to(seen: Seen) -> None:
    """A colleague is rung for who asked; a station is rung by somebody who can talk."""
    sessions = {one.id: one for one in seen.sessions}
    askers = {(step.session_id, step.at): step.asked_by for step in seen.steps}
    for offer in seen.offers:
        if offer.ended_at is None and offer.stage in BESIDE:
            asked_by = askers[offer.session_id, offer.rang_at]
            assert asked_by == sessions[offer.session_id].lawyer_id
    free = {one.lawyer_id for one in seen.duties if not (one.session_id or one.helping_id)}
    for call in seen.station_calls:
        if call.ended_at is None and call.until > seen.at:
            assert call.lawyer_id in free, "nobody would answer the answer"


def nobody_waits_apart(seen: Seen) -> None:
    """A talk apart is part of a talk: left open, it would hold back the next one's recording."""
    sessions = {one.id: one for one in seen.sessions}
    for one in seen.apart:
        assert one.state in CAUCUS.final() or sessions[one.session_id].state in TALKING


def a_recording_that_all_agree_to_is_not_declined(seen: Seen) -> None:
    for one in seen.sessions:
        if one.state in TALKING and one.id in seen.agreeing:
            assert one.recording is not RecordingState.DECLINED


def hours_are_served_on_duty_and_not_on_standby(seen: Seen) -> None:
    on_duty = sorted(one.lawyer_id for one in seen.duties if not one.standby)
    assert sorted(one.lawyer_id for one in seen.periods if one.off_at is None) == on_duty


def nobody_is_given_up_whose_lawyer_is_there(seen: Seen) -> None:
    for step in seen.steps:
        if step.step == "give_up" and step.at == seen.at:
            absent = {one["lawyer"] for one in step.considered if one["verdict"] == "absent"}
            assert not absent & set(seen.there), "their page is open"


def an_answer_once_talked_stays_the_answer(seen: Seen) -> None:
    """What people waited does not grow when they lose their lawyer."""
    for one in seen.sessions:
        if one.live_at is not None:
            assert one.accepted_at is not None
            assert one.accepted_at <= one.live_at
