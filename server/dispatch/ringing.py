"""The next step of ringing for one session, by signaling.ringing's rule, into the database."""

from datetime import UTC, datetime, timedelta

from server.sessions import repository, ring
from server.sessions.turn import Turn
from server.storage.schema import RingOffer, Session
from signaling.events import EventType
from signaling.ringing import GiveUp, Ring, Rule, Wait, next_step
from signaling.session import SessionEvent, SessionState

ASK_AGAIN = timedelta(minutes=30)
"""An unanswered session nobody chooses for is cancelled after this."""


async def ring_next(turn: Turn, session: Session, rule: Rule) -> None:
    """Ring the next lawyer or lawyers, wait, or give up."""
    rings = await repository.open_offers(turn.db, session.id)
    if rings and session.due_at is not None and turn.now < session.due_at:
        return
    for offer in rings:
        ring.end(offer, "missed", turn.now)
        turn.log(session, EventType.CALL_MISSED, {"lawyer": offer.lawyer_id})
    await turn.db.flush()
    free = await repository.free_lawyers(turn.db, turn.now)
    waiting = await ring.history(turn, session)
    match next_step(rule, waiting, free, turn.now.timestamp()):
        case Ring() as step:
            _ring(turn, session, step)
        case Wait(until):
            _wait(turn, session, datetime.fromtimestamp(until, UTC))
        case GiveUp():
            turn.step(session, SessionEvent.NO_ANSWER)
            session.due_at = turn.now + ASK_AGAIN
            turn.log(session, EventType.SESSION_UNANSWERED)


def _ring(turn: Turn, session: Session, step: Ring) -> None:
    until = datetime.fromtimestamp(step.until, UTC)
    turn.step(session, SessionEvent.RING)
    session.due_at = until
    turn.log(
        session, EventType.CALL_RUNG, {"lawyers": list(step.lawyers), "everyone": step.everyone}
    )
    for lawyer_id in step.lawyers:
        turn.db.add(
            RingOffer(
                session_id=session.id,
                lawyer_id=lawyer_id,
                attempt_at=session.attempt_at,
                everyone=step.everyone,
                rang_at=turn.now,
                until=until,
            )
        )


def _wait(turn: Turn, session: Session, until: datetime) -> None:
    if session.state is SessionState.RINGING:
        turn.step(session, SessionEvent.REQUEUE)
        turn.log(session, EventType.SESSION_REQUEUED, {"cause": "nobody_free"})
    elif session.due_at == until:
        return
    session.due_at = until
    session.seq += 1
    turn.touched.add(session.id)
