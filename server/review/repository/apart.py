"""Recorded talks apart: the rows, who asked to watch one, and the policy."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import ApartPolicy, ApartRecording, ApartViewing, Caucus, Person


async def recorded_of(db: AsyncSession, session_id: str) -> Sequence[ApartRecording]:
    """Return the talks apart of a session of which something was recorded, oldest first."""
    query = select(ApartRecording).where(
        ApartRecording.session_id == session_id, ApartRecording.started_at.is_not(None)
    )
    return (await db.scalars(query.order_by(ApartRecording.started_at, ApartRecording.id))).all()


async def recording_by_id(db: AsyncSession, recording_id: str) -> ApartRecording | None:
    """Return the recording, or None."""
    return await db.get(ApartRecording, recording_id)


async def party_of(db: AsyncSession, recording_id: str) -> str:
    """Return the name of the party with whom the mediator talked."""
    query = select(Person.name).join(Caucus, Caucus.person_id == Person.id)
    return await db.scalar(query.where(Caucus.id == recording_id)) or ""


async def viewings_of(db: AsyncSession, recording_id: str) -> Sequence[ApartViewing]:
    """Return who asked to watch, newest first."""
    query = select(ApartViewing).where(ApartViewing.recording_id == recording_id)
    return (await db.scalars(query.order_by(ApartViewing.asked_at.desc(), ApartViewing.id))).all()


async def viewing_by_id(db: AsyncSession, viewing_id: str) -> ApartViewing | None:
    """Return what somebody asked, or None."""
    return await db.get(ApartViewing, viewing_id)


async def lock_viewing(db: AsyncSession, viewing_id: str) -> ApartViewing | None:
    """Return what somebody asked, locked until the transaction ends, or None."""
    query = select(ApartViewing).where(ApartViewing.id == viewing_id).with_for_update()
    return (await db.scalars(query)).first()


async def is_asked(db: AsyncSession, recording_id: str, account_id: str) -> bool:
    """Tell whether this person already waits for an answer."""
    query = select(ApartViewing.id).where(
        ApartViewing.recording_id == recording_id,
        ApartViewing.account_id == account_id,
        ApartViewing.state == "asked",
    )
    return await db.scalar(query.limit(1)) is not None


async def others_asked(db: AsyncSession, session_id: str) -> bool:
    """Tell whether anybody still waits for an answer about a talk apart of the session."""
    query = (
        select(ApartViewing.id)
        .join(ApartRecording, ApartRecording.id == ApartViewing.recording_id)
        .where(ApartRecording.session_id == session_id, ApartViewing.state == "asked")
    )
    return await db.scalar(query.limit(1)) is not None


async def policy_now(db: AsyncSession) -> ApartPolicy | None:
    """Return the newest policy; None: nobody has set one."""
    query = select(ApartPolicy).order_by(ApartPolicy.set_at.desc(), ApartPolicy.version.desc())
    return await db.scalar(query.limit(1))


async def count_policies(db: AsyncSession) -> int:
    """Return how many policies there have been."""
    return await db.scalar(select(func.count()).select_from(ApartPolicy)) or 0
