"""Sessions themselves: by id, by person, in the queue."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import (
    DoneCommand,
    Session,
)
from signaling.recording import ACTIVE
from signaling.session import IN_ROOM


async def session_by_id(db: AsyncSession, session_id: str) -> Session | None:
    """Return the session, or None."""
    return await db.get(Session, session_id)


async def lock_session(db: AsyncSession, session_id: str) -> Session | None:
    """Return the session as it is now; until the transaction ends nobody else changes it.

    On PostgreSQL others wait; on SQLite a writer is alone anyway.
    """
    return await db.get(Session, session_id, with_for_update={"key_share": True})


async def lock_unless_locked(db: AsyncSession, session_id: str) -> Session | None:
    """Return the session, locked; None when another process is at it: it will do what is due."""
    lock = {"key_share": True, "skip_locked": True}
    return await db.get(Session, session_id, with_for_update=lock)


async def done_command(db: AsyncSession, command_id: str) -> DoneCommand | None:
    """Return the command's record if it was carried out before."""
    return await db.get(DoneCommand, command_id)


async def sessions_on_relay(db: AsyncSession, relay: str) -> Sequence[Session]:
    """Return the sessions whose room, or open recording, is or should be on this relay."""
    query = select(Session).where(
        Session.relay == relay,
        or_(Session.state.in_(IN_ROOM), Session.recording.in_(ACTIVE)),
    )
    return (await db.scalars(query)).all()


async def relays_in_use(db: AsyncSession) -> set[str]:
    """Return the relays on which rooms, or open recordings, are or should be."""
    query = select(Session.relay).where(
        Session.relay.is_not(None),
        or_(Session.state.in_(IN_ROOM), Session.recording.in_(ACTIVE)),
    )
    return {one for one in await db.scalars(query.distinct()) if one is not None}


async def sessions_being_recorded(db: AsyncSession) -> list[str]:
    """Return the ids of the sessions whose journal may still grow or is not yet read to its end."""
    query = select(Session.id).where(Session.recording.in_(ACTIVE))
    return list((await db.scalars(query)).all())
