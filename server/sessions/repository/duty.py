"""Duty rows: who may be rung, who has a call."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import Duty, RingOffer
from signaling.ringing import FreeLawyer


async def duty_of(db: AsyncSession, lawyer_id: str) -> Duty | None:
    """Return the lawyer's duty row, or None when off duty."""
    return await db.get(Duty, lawyer_id)


async def everybody_on_duty(db: AsyncSession, now: datetime) -> Sequence[Duty]:
    """Return the lawyers on duty whose browser was there lately."""
    query = select(Duty).where(Duty.lease_until > now).order_by(Duty.since, Duty.lawyer_id)
    return (await db.scalars(query)).all()


async def free_lawyers(db: AsyncSession, now: datetime) -> list[FreeLawyer]:
    """Return who is on duty, present, in no call and not being rung."""
    ringing = select(RingOffer.lawyer_id).where(RingOffer.ended_at.is_(None))
    query = select(Duty).where(
        Duty.lease_until > now, Duty.session_id.is_(None), Duty.lawyer_id.not_in(ringing)
    )
    rows = (await db.scalars(query)).all()
    return [FreeLawyer(duty.lawyer_id, duty.free_since.timestamp()) for duty in rows]


async def claim_lawyer(db: AsyncSession, lawyer_id: str, session_id: str) -> bool:
    """Compare-and-set: give the session to a lawyer who has none; tell whether it was done."""
    claim = (
        update(Duty)
        .where(Duty.lawyer_id == lawyer_id, Duty.session_id.is_(None))
        .values(session_id=session_id)
        .returning(Duty.lawyer_id)
    )
    return (await db.scalars(claim)).first() is not None


async def release_lawyer(db: AsyncSession, session_id: str, now: datetime) -> None:
    """Free whoever has this session for the next call."""
    await db.execute(
        update(Duty).where(Duty.session_id == session_id).values(session_id=None, free_since=now)
    )


async def renew_leases(db: AsyncSession, lawyer_ids: Collection[str], until: datetime) -> None:
    """Keep the duty of lawyers whose browsers are connected."""
    await db.execute(
        update(Duty).where(Duty.lawyer_id.in_(set(lawyer_ids))).values(lease_until=until)
    )
