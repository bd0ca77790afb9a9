"""Rings, running and ended."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import DispatchStep, RingOffer


async def open_offers(db: AsyncSession, session_id: str) -> Sequence[RingOffer]:
    """Return the rings of this session that have not ended."""
    query = select(RingOffer).where(
        RingOffer.session_id == session_id, RingOffer.ended_at.is_(None)
    )
    return (await db.scalars(query)).all()


async def open_offer_of(db: AsyncSession, lawyer_id: str, but: str = "") -> RingOffer | None:
    """Return the ring that this lawyer hears now, if any; ``but``: not of this session."""
    query = select(RingOffer).where(
        RingOffer.lawyer_id == lawyer_id,
        RingOffer.ended_at.is_(None),
        RingOffer.session_id != but,
    )
    return (await db.scalars(query)).first()


async def all_offers(db: AsyncSession, session_id: str) -> Sequence[RingOffer]:
    """Return every ring of the session, ended or not."""
    query = select(RingOffer).where(RingOffer.session_id == session_id)
    return (await db.scalars(query)).all()


async def steps_so_far(db: AsyncSession, session_id: str) -> int:
    """Count the steps of dispatch that were stored for a session."""
    query = select(func.count()).where(DispatchStep.session_id == session_id)
    return await db.scalar(query) or 0
