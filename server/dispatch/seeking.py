"""Whoever is free is asked into a talk: the next colleague by the policy, with its reasons."""

from datetime import UTC, datetime

from server.dispatch import repository as own
from server.dispatch.ringing import Told, notes_of, store_step, waiting_since
from server.sessions import repository, ring, seeking
from server.sessions.minding import mind
from server.sessions.turn import Turn
from server.storage.schema import Session
from signaling.dispatch import Ring, Rule, decide_colleague
from signaling.events import EventType


async def seek_next(turn: Turn, session: Session, rule: Rule) -> None:
    """Ring the next colleague, or note that nobody is to be had; the talk goes on."""
    offers = await repository.all_offers(turn.db, session.id)
    stage = session.seeks
    if stage is None or any(offer.ended_at is None for offer in offers):
        return
    waiting = await waiting_since(turn, session, offers, session.seeks_at or turn.now)
    lawyers = await own.lawyers_for(turn.db, session, turn.now)
    steps = await own.count_steps(turn.db, session.id)
    decision = decide_colleague(rule, waiting, lawyers, stage, turn.now.timestamp())
    told = Told("unmet", None, session.lawyer_id, session.seeks_reason)
    if isinstance(decision.step, Ring):
        until = datetime.fromtimestamp(decision.step.until, UTC)
        told = Told(stage.value, until, session.lawyer_id, session.seeks_reason)
        lawyer = decision.step.lawyers[0]
        notes = notes_of(decision)[lawyer]
        ring.start(turn, session, lawyer, stage, until, attempt_at=session.seeks_at, notes=notes)
        turn.log(session, EventType.CALL_HANDED, {"lawyer": lawyer, "kind": stage.value})
    else:
        seeking.unmet(turn, session)
    store_step(turn, session, decision, steps + 1, told)
    await turn.db.flush()
    await mind(turn, session)
