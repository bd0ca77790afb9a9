"""The rows of the archive."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update

from server.storage.engine import Transaction
from server.storage.schema import ArchiveFile, ArchiveSession, Deletion, Session, has_photos
from signaling.session import ENDED

_ERASING = ("erasing", "erased")


async def due(db: Transaction, settled: datetime, now: datetime, most: int) -> Sequence[Session]:
    """Return recorded sessions that ended before ``settled`` and have changed since stored."""
    going = select(Deletion.id).where(
        Deletion.session_id == Session.id, Deletion.state.in_(_ERASING)
    )
    query = (
        select(Session)
        .outerjoin(ArchiveSession, ArchiveSession.session_id == Session.id)
        .where(
            or_(Session.recording_at.is_not(None), has_photos()),
            Session.state.in_(ENDED),
            Session.ended_at <= settled,
            func.coalesce(ArchiveSession.seq, -1) != Session.seq,
            or_(ArchiveSession.retry_at.is_(None), ArchiveSession.retry_at <= now),
            ~going.exists(),
        )
        .order_by(Session.ended_at, Session.id)
        .limit(most)
    )
    return (await db.scalars(query)).all()


async def state_of(db: Transaction, session_id: str) -> ArchiveSession:
    """Return how far a session is archived; a new row where nothing was tried yet."""
    found = await db.get(ArchiveSession, session_id)
    if found is None:
        found = ArchiveSession(session_id=session_id, attempts=0)
        db.add(found)
    return found


async def files_of(db: Transaction, session_id: str) -> Sequence[ArchiveFile]:
    """Return the session's files in the archive."""
    query = select(ArchiveFile).where(ArchiveFile.session_id == session_id)
    return (await db.scalars(query.order_by(ArchiveFile.file))).all()


async def to_remove(db: Transaction, before: datetime, most: int) -> Sequence[ArchiveFile]:
    """Return files that have lain here since before, and are stored."""
    query = (
        select(ArchiveFile)
        .where(ArchiveFile.removed_at.is_(None), ArchiveFile.local_since <= before)
        .order_by(ArchiveFile.local_since, ArchiveFile.id)
        .limit(most)
    )
    return (await db.scalars(query)).all()


async def set_local(
    db: Transaction, ids: Sequence[str], *, since: datetime | None, removed: datetime | None
) -> None:
    """Note that copies lie here again since then, or were removed."""
    values: dict[str, datetime | None] = {"removed_at": removed}
    if since is not None:
        values["local_since"] = since
    await db.execute(update(ArchiveFile).where(ArchiveFile.id.in_(ids)).values(values))


async def erased(db: Transaction, most: int) -> Sequence[str]:
    """Return erased sessions of which the archive still has something."""
    query = (
        select(ArchiveSession.session_id)
        .join(Deletion, Deletion.session_id == ArchiveSession.session_id)
        .where(Deletion.state == "erased", ArchiveSession.forgotten_at.is_(None))
        .limit(most)
    )
    return (await db.scalars(query)).all()
