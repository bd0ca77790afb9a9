"""The next step for one session, by signaling.dispatch's policy, into the database with reasons."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from server.dispatch import repository as own
from server.sessions import repository, ring
from server.sessions.turn import Turn
from server.storage.schema import DispatchStep, RingOffer, Session
from signaling.dispatch import (
    Considered,
    Decision,
    GiveUp,
    Ring,
    Rule,
    Stage,
    Step,
    Wait,
    Waiting,
    decide,
)
from signaling.events import EventType
from signaling.session import SessionEvent, SessionState

ASK_AGAIN = timedelta(minutes=30)
"""An unanswered session nobody chooses for is cancelled after this."""

_REFUSED = frozenset({"declined", "handed_back"})

MOST_LISTED = 40
"""So many lawyers are listed with a step; of those further back, only counts by verdict."""


async def ring_next(turn: Turn, session: Session, rule: Rule, believed_from: datetime) -> None:
    """Ring the next lawyer or lawyers, wait, or give up.

    ``believed_from``: nobody gives up before that, for who seems absent may be there.
    """
    offers = await repository.all_offers(turn.db, session.id)
    rings = [offer for offer in offers if offer.ended_at is None]
    if rings and session.due_at is not None and turn.now < session.due_at:
        return
    for offer in rings:
        ring.end(offer, "missed", turn.now)
        turn.log(session, EventType.CALL_MISSED, {"lawyer": offer.lawyer_id})
    waiting = await waiting_since(turn, session, offers, session.attempt_at)
    lawyers = await own.lawyers_for(turn.db, session, turn.now)
    steps = await own.count_steps(turn.db, session.id)
    decision = decide(rule, waiting, lawyers, turn.now.timestamp())
    if isinstance(decision.step, GiveUp) and turn.now < believed_from:
        decision = replace(decision, step=Wait(believed_from.timestamp()))
    match decision.step:
        case Ring() as step:
            _ring(turn, session, step, notes_of(decision))
        case Wait(until):
            if not _wait(turn, session, datetime.fromtimestamp(until, UTC)):
                return
        case GiveUp():
            turn.step(session, SessionEvent.NO_ANSWER)
            session.due_at = turn.now + ASK_AGAIN
            turn.log(session, EventType.SESSION_UNANSWERED)
    store_step(turn, session, decision, steps + 1, Told(_name(decision.step), session.due_at))


async def waiting_since(
    turn: Turn, session: Session, offers: Sequence[RingOffer], began: datetime
) -> Waiting:
    """Return what the policy needs to know of this session and of the attempt that began then."""
    attempt = [offer for offer in offers if offer.attempt_at == began]
    return Waiting(
        attempt_at=began.timestamp(),
        rung=frozenset(offer.lawyer_id for offer in attempt),
        declined=frozenset(offer.lawyer_id for offer in offers if offer.outcome in _REFUSED),
        done=frozenset(offer.stage for offer in attempt),
        matters=await own.matter_with_its_kind(turn.db, session.matter_code),
        language=session.language,
        prefers=session.prefers_id,
    )


def notes_of(decision: Decision) -> dict[str, list[str]]:
    """Return what speaks against each lawyer who was considered."""
    return {one.lawyer: [note.value for note in one.notes] for one in decision.considered}


def _ring(turn: Turn, session: Session, step: Ring, notes: Mapping[str, list[str]]) -> None:
    until = datetime.fromtimestamp(step.until, UTC)
    everyone = step.stage in (Stage.EVERYONE, Stage.BACKUP)
    turn.step(session, SessionEvent.RING)
    session.due_at = until
    turn.log(session, EventType.CALL_RUNG, {"lawyers": list(step.lawyers), "everyone": everyone})
    for lawyer_id in step.lawyers:
        ring.start(
            turn,
            session,
            lawyer_id,
            step.stage,
            until,
            attempt_at=session.attempt_at,
            notes=notes[lawyer_id],
            everyone=everyone,
        )


def _wait(turn: Turn, session: Session, until: datetime) -> bool:
    """Let the session wait; tell whether that is news."""
    if session.state is SessionState.RINGING:
        turn.step(session, SessionEvent.REQUEUE)
        turn.log(session, EventType.SESSION_REQUEUED, {"cause": "nobody_free"})
    elif session.due_at == until:
        return False
    session.due_at = until
    session.seq += 1
    turn.touched.add(session.id)
    return True


@dataclass(frozen=True, slots=True)
class Told:
    """What a step is called, until when it lasts, and which lawyer asked for it, and why."""

    step: str
    until: datetime | None
    asked_by: str | None = None
    reason: str = ""


def store_step(turn: Turn, session: Session, decision: Decision, n: int, told: Told) -> None:
    """Store the step with its reasons, in the transaction of the step itself."""
    listed, more = _listed(decision.considered)
    turn.db.add(
        DispatchStep(
            session_id=session.id,
            n=n,
            at=turn.now,
            step=told.step,
            until=told.until,
            asked_by=told.asked_by,
            reason=told.reason,
            considered=[
                {
                    "lawyer": one.lawyer,
                    "verdict": one.verdict.value,
                    "notes": [note.value for note in one.notes],
                }
                for one in listed
            ],
            more=more,
        )
    )


_NAMES = {Wait: "wait", GiveUp: "give_up"}


def _name(step: Step) -> str:
    return step.stage.value if isinstance(step, Ring) else _NAMES[type(step)]


def _listed(considered: Sequence[Considered]) -> tuple[Sequence[Considered], dict[str, int]]:
    # The best placed come first: these are those whose turn somebody will ask about.
    rest = considered[MOST_LISTED:]
    return considered[:MOST_LISTED], dict(Counter(one.verdict.value for one in rest))
