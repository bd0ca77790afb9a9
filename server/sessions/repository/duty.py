"""Duty rows: who may be rung, who has a call."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import Duty, RingOffer, Session


async def duty_of(db: AsyncSession, lawyer_id: str) -> Duty | None:
    """Return the lawyer's duty row, or None when off duty."""
    return await db.get(Duty, lawyer_id)


async def last_served(db: AsyncSession, lawyer_id: str) -> datetime | None:
    """Return when the lawyer last took a call."""
    query = select(func.max(Session.accepted_at)).where(Session.lawyer_id == lawyer_id)
    return await db.scalar(query)


async def claim_lawyer(db: AsyncSession, lawyer_id: str, session_id: str, now: datetime) -> bool:
    """Compare-and-set: give the session to a lawyer who has none; tell whether it was done."""
    claim = (
        update(Duty)
        .where(Duty.lawyer_id == lawyer_id, Duty.session_id.is_(None), Duty.helping_id.is_(None))
        .values(session_id=session_id, served_at=now)
        .returning(Duty.lawyer_id)
    )
    return (await db.scalars(claim)).first() is not None


async def release_lawyer(db: AsyncSession, session_id: str, now: datetime) -> None:
    """Free whoever has this session for the next call."""
    await db.execute(
        update(Duty).where(Duty.session_id == session_id).values(session_id=None, free_since=now)
    )


async def claim_helper(db: AsyncSession, lawyer_id: str, session_id: str) -> bool:
    """Compare-and-set: call a lawyer who has no call into a session; tell whether it was done."""
    free = (Duty.session_id.is_(None), Duty.helping_id.is_(None))
    claim = update(Duty).where(Duty.lawyer_id == lawyer_id, *free).values(helping_id=session_id)
    return (await db.scalars(claim.returning(Duty.lawyer_id))).first() is not None


async def helpers_of(db: AsyncSession, session_id: str) -> Sequence[str]:
    """Return the lawyers who were called into this session, who came first being first."""
    query = (
        select(Duty.lawyer_id)
        .join(
            RingOffer,
            (RingOffer.lawyer_id == Duty.lawyer_id) & (RingOffer.session_id == session_id),
        )
        .where(Duty.helping_id == session_id, RingOffer.outcome == "accepted")
        .group_by(Duty.lawyer_id)
        .order_by(func.max(RingOffer.ended_at), Duty.lawyer_id)
    )
    return (await db.scalars(query)).all()


async def promote_helper(db: AsyncSession, lawyer_id: str, session_id: str, now: datetime) -> None:
    """Let a lawyer who was called in have the session."""
    await db.execute(
        update(Duty)
        .where(Duty.lawyer_id == lawyer_id, Duty.helping_id == session_id)
        .values(helping_id=None, session_id=session_id, served_at=now)
    )


async def release_helpers(
    db: AsyncSession, session_id: str, now: datetime, lawyer_id: str | None = None
) -> None:
    """Free the lawyers who were called into this session, or one of them."""
    release = update(Duty).where(Duty.helping_id == session_id)
    if lawyer_id is not None:
        release = release.where(Duty.lawyer_id == lawyer_id)
    await db.execute(release.values(helping_id=None, free_since=now))


async def renew_leases(db: AsyncSession, lawyer_ids: Collection[str], until: datetime) -> None:
    """Keep the duty of lawyers whose browsers are connected."""
    await db.execute(
        update(Duty).where(Duty.lawyer_id.in_(set(lawyer_ids))).values(lease_until=until)
    )
