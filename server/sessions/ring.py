"""Rings: start, end, take. Who is rung when is signaling.dispatch's to say."""

from collections.abc import Sequence
from datetime import datetime

from server.sessions import repository, station_ring
from server.sessions.minding import mind
from server.sessions.repository import asked
from server.sessions.turn import Turn
from server.storage.schema import RingOffer, Session
from signaling.commands import DeclineReason
from signaling.dispatch import Stage
from signaling.errors import Conflict
from signaling.events import EventType
from signaling.session import IN_ROOM, SessionEvent


class OwnConflict(Conflict):
    """They declared an interest in one of the parties."""

    code = "own_conflict"
    message = "您对其中一方申报过回避，请由其他律师接听。"


class LawyerBusy(Conflict):
    """Off duty, or in a call already."""

    code = "lawyer_busy"
    message = "您已有一个进行中的会话，请先结束它。"


def start(
    turn: Turn,
    session: Session,
    lawyer_id: str,
    stage: Stage,
    until: datetime,
    *,
    attempt_at: datetime | None,
    notes: Sequence[str] = (),
    everyone: bool = False,
) -> RingOffer:
    """Ring a lawyer from now ``until``; ``notes`` are what the policy holds against them."""
    offer = RingOffer(
        session_id=session.id,
        lawyer_id=lawyer_id,
        attempt_at=attempt_at,
        everyone=everyone,
        stage=stage,
        notes=list(notes),
        rang_at=turn.now,
        until=until,
    )
    turn.db.add(offer)
    return offer


async def withdraw(turn: Turn, session: Session) -> None:
    """Stop every ring of the session."""
    for offer in await repository.open_offers(turn.db, session.id):
        end(offer, "withdrawn", turn.now)


def end(offer: RingOffer, outcome: str, now: datetime) -> None:
    """End a ring: accepted | declined | missed | withdrawn."""
    offer.ended_at = now
    offer.outcome = outcome


async def take(turn: Turn, session: Session, lawyer_id: str) -> None:
    """Give the call to this lawyer and to nobody else; raise Conflict if somebody was first.

    Two guards, both in the database: the session's ``seq`` (one call, one lawyer) and the duty
    row's empty ``session_id`` (one lawyer, one call). Whoever else rings them, and a station that
    they ring, is let go.
    """
    if await asked.declared_conflict(turn.db, lawyer_id, session.id):
        raise OwnConflict
    offers = await repository.open_offers(turn.db, session.id)
    elsewhere = await repository.open_offer_of(turn.db, lawyer_id, but=session.id)
    await station_ring.hang_up(turn, lawyer_id)
    if not await repository.claim_lawyer(turn.db, lawyer_id, session.id, turn.now):
        raise LawyerBusy
    for offer in offers:
        end(offer, "accepted" if offer.lawyer_id == lawyer_id else "withdrawn", turn.now)
    if elsewhere is not None:
        await stop_ringing(turn, elsewhere, "withdrawn")
    turn.step(session, SessionEvent.ACCEPT)
    session.lawyer_id = lawyer_id
    if session.live_at is None:  # who lost their lawyer had been answered in time, or not
        session.accepted_at = turn.now


async def stop_ringing(turn: Turn, offer: RingOffer, outcome: str) -> None:
    """End one lawyer's ring; if it was the last one, the next lawyer's turn is now."""
    end(offer, outcome, turn.now)
    await turn.db.flush()
    session = await repository.lock_session(turn.db, offer.session_id)
    if session is None or await repository.open_offers(turn.db, session.id):
        return
    if session.state in IN_ROOM:
        await mind(turn, session)
    else:
        session.due_at = turn.now
    session.seq += 1
    turn.touched.add(session.id)


async def decline(turn: Turn, session: Session, lawyer_id: str, reason: DeclineReason) -> None:
    """End this lawyer's ring for a reason."""
    offer = await repository.open_offer_of(turn.db, lawyer_id)
    if offer is None or offer.session_id != session.id:
        raise Conflict
    offer.decline_reason = reason
    turn.log(session, EventType.CALL_DECLINED, {"lawyer": lawyer_id, "reason": reason.value})
    await stop_ringing(turn, offer, "declined")
