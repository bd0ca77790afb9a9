"""The rows of exports."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.storage.schema import Account, Export, Participant, Segment, Session, has_photos

TO_MAKE = ("waiting", "working")
OPEN = ("asked", *TO_MAKE)


async def session_by_id(db: AsyncSession, session_id: str) -> Session | None:
    """Return the session, or None."""
    return await db.get(Session, session_id)


async def has_segments(db: AsyncSession, session_id: str) -> bool:
    """Tell whether anything of the session was recorded."""
    query = select(Segment.id).where(Segment.session_id == session_id).limit(1)
    return await db.scalar(query) is not None


async def has_photos_of(db: AsyncSession, session_id: str) -> bool:
    """Tell whether a photo of evidence was given in the session."""
    query = select(Session.id).where(Session.id == session_id, has_photos())
    return await db.scalar(query) is not None


async def participants_of(db: AsyncSession, session_id: str) -> Sequence[Participant]:
    """Return the participants by place."""
    query = select(Participant).where(Participant.session_id == session_id)
    return (await db.scalars(query.order_by(Participant.place, Participant.id))).all()


async def exports_of(db: AsyncSession, session_id: str) -> Sequence[tuple[Export, str, str | None]]:
    """Return the session's exports, newest first, with the names of requester and decider."""
    decider = aliased(Account)
    query = (
        select(Export, Account.name, decider.name)
        .join(Account, Account.id == Export.account_id)
        .outerjoin(decider, decider.id == Export.decided_by_id)
        .where(Export.session_id == session_id)
        .order_by(Export.requested_at.desc(), Export.id)
    )
    return [(export, name, other) for export, name, other in await db.execute(query)]


async def export_by_id(db: AsyncSession, export_id: str) -> Export | None:
    """Return the export, or None."""
    return await db.get(Export, export_id)


async def asked_for(db: AsyncSession, export_id: str) -> Export | None:
    """Return the export, locked until the transaction ends, or None."""
    query = select(Export).where(Export.id == export_id).with_for_update()
    return (await db.scalars(query)).first()


async def others_asked(db: AsyncSession, session_id: str) -> bool:
    """Tell whether another export of the session waits for a second person."""
    query = select(Export.id).where(Export.session_id == session_id, Export.state == "asked")
    return await db.scalar(query.limit(1)) is not None


async def is_open(db: AsyncSession, session_id: str, kind: str) -> bool:
    """Tell whether an export of the session of this kind is on its way."""
    query = select(Export.id).where(
        Export.session_id == session_id, Export.kind == kind, Export.state.in_(OPEN)
    )
    return await db.scalar(query.limit(1)) is not None


async def claim(db: AsyncSession, now: datetime, until: datetime) -> Export | None:
    """Take the oldest export that nobody works on; None: there is none.

    PostgreSQL passes over rows that another worker is taking; SQLite has one writer at a time.
    """
    free = or_(Export.lease_until.is_(None), Export.lease_until < now)
    query = (
        select(Export)
        .where(Export.state.in_(TO_MAKE), free)
        .order_by(Export.requested_at, Export.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = (await db.scalars(query)).first()
    if found is not None:
        found.state, found.lease_until = "working", until
        found.attempts += 1
    return found


async def renew(db: AsyncSession, export_id: str, progress: float, until: datetime | None) -> None:
    """Note how far the work is; without ``until`` it is given back to whoever comes."""
    change = update(Export).where(Export.id == export_id, Export.state == "working")
    await db.execute(change.values(progress=progress, lease_until=until))


async def recorded_bytes(db: AsyncSession, session_id: str) -> int:
    """Return how much was recorded of the session."""
    query = select(func.sum(Segment.bytes)).where(Segment.session_id == session_id)
    return await db.scalar(query) or 0


async def living(db: AsyncSession, export_ids: Collection[str]) -> set[str]:
    """Return those of these exports that are to have files: being made, or done."""
    query = select(Export.id).where(Export.id.in_(export_ids), Export.state.in_([*TO_MAKE, "done"]))
    return set(await db.scalars(query))


async def expired(db: AsyncSession, now: datetime) -> Sequence[Export]:
    """Return finished exports whose time is over."""
    query = select(Export).where(Export.state == "done", Export.expires_at <= now)
    return (await db.scalars(query)).all()
