"""Sessions themselves: by id, by person, in the queue."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import (
    DoneCommand,
    Guest,
    Participant,
    RingOffer,
    Session,
)
from signaling.recording import ACTIVE
from signaling.session import IN_ROOM, WAITING, SessionState

JUST_NOW = timedelta(seconds=30)
"""Whose ring has ended so lately may still see it."""


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


async def mediators_session(db: AsyncSession, mediator_id: str) -> Session | None:
    """Return the session on the mediator's screen: the newest that still needs them.

    A session that is over stays until the mediator has gone back to the home screen.
    """
    open_states = WAITING | IN_ROOM | {SessionState.WRAPPING, SessionState.CLOSED}
    query = (
        select(Session)
        .where(Session.mediator_id == mediator_id)
        .order_by(Session.requested_at.desc(), Session.id)
        .limit(1)
    )
    newest = (await db.scalars(query)).first()
    if newest is None or newest.state not in open_states or newest.left_at is not None:
        return None
    return newest


async def lawyers_sessions(db: AsyncSession, lawyer_id: str) -> Sequence[Session]:
    """Return the lawyer's sessions in the room or in wrap-up, oldest first."""
    query = (
        select(Session)
        .where(Session.lawyer_id == lawyer_id)
        .where(Session.state.in_(IN_ROOM | {SessionState.WRAPPING}))
        .order_by(Session.accepted_at)
    )
    return (await db.scalars(query)).all()


async def lawyers_finished(db: AsyncSession, lawyer_id: str, since: datetime) -> Sequence[Session]:
    """Return the lawyer's sessions closed since then, newest first."""
    query = (
        select(Session)
        .where(Session.lawyer_id == lawyer_id, Session.requested_at >= since)
        .where(Session.state == SessionState.CLOSED)
        .order_by(Session.requested_at.desc())
        .limit(50)
    )
    return (await db.scalars(query)).all()


async def waiting_sessions(db: AsyncSession) -> Sequence[Session]:
    """Return everybody who waits, in the order of the queue (at most 200)."""
    query = (
        select(Session)
        .where(Session.state.in_(WAITING))
        .order_by(Session.queue_at, Session.id)
        .limit(200)
    )
    return (await db.scalars(query)).all()


async def ahead_in_queue(db: AsyncSession, session: Session) -> int:
    """Count those who come before in the queue."""
    query = select(func.count()).where(
        Session.state.in_(WAITING), Session.queue_at < session.queue_at
    )
    return int(await db.scalar(query) or 0)


async def people_of(db: AsyncSession, session_ids: Collection[str], now: datetime) -> set[str]:
    """Return the accounts in these sessions, and who is or was just being rung for them."""
    ids = set(session_ids)
    own = select(Session.mediator_id, Session.lawyer_id).where(Session.id.in_(ids))
    inside = select(Participant.account_id).where(Participant.session_id.in_(ids))
    rung = select(RingOffer.lawyer_id).where(
        RingOffer.session_id.in_(ids),
        or_(RingOffer.ended_at.is_(None), RingOffer.ended_at > now - JUST_NOW),
    )
    invited = select(Guest.account_id).where(Guest.session_id.in_(ids))
    people = {one for row in await db.execute(own) for one in row if one}
    people |= {one for one in await db.scalars(invited) if one}
    return people | set(await db.scalars(inside)) | set(await db.scalars(rung))


async def recent_waits(db: AsyncSession, since: datetime) -> list[float]:
    """Return how long the last calls answered since then had waited, in seconds (at most 20)."""
    query = (
        select(Session.requested_at, Session.accepted_at)
        .where(Session.accepted_at >= since)
        .order_by(Session.accepted_at.desc())
        .limit(20)
    )
    return [
        (accepted - requested).total_seconds()
        for requested, accepted in await db.execute(query)
        if accepted is not None
    ]


async def due_sessions(db: AsyncSession, now: datetime) -> list[str]:
    """Return the ids of the sessions whose time is up, in the order of the queue."""
    query = (
        select(Session.id)
        .where(Session.due_at <= now)
        .order_by(Session.queue_at, Session.id)
        .limit(500)
    )
    return list((await db.scalars(query)).all())


async def queued_sessions(db: AsyncSession) -> list[str]:
    """Return the ids of the sessions for which nobody is being rung, in the order of the queue."""
    query = (
        select(Session.id)
        .where(Session.state == SessionState.REQUESTED)
        .order_by(Session.queue_at, Session.id)
        .limit(500)
    )
    return list((await db.scalars(query)).all())


async def sessions_on_relay(db: AsyncSession, relay: str) -> Sequence[Session]:
    """Return the sessions whose room, or open recording, is or should be on this relay."""
    query = select(Session).where(
        Session.relay == relay,
        or_(Session.state.in_(IN_ROOM), Session.recording.in_(ACTIVE)),
    )
    return (await db.scalars(query)).all()


async def sessions_being_recorded(db: AsyncSession) -> list[str]:
    """Return the ids of the sessions whose journal may still grow or is not yet read to its end."""
    query = select(Session.id).where(Session.recording.in_(ACTIVE))
    return list((await db.scalars(query)).all())
