"""Sessions that go on another day, and how they follow one another."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.sessions.repository.belongings import newest_event
from server.storage.schema import Adjournment, Appointment, Session
from signaling.adjournment import AdjournmentState
from signaling.events import EventType

_MOST = 30


async def adjournment_of(db: AsyncSession, session_id: str) -> Adjournment | None:
    """Return how a session was put off, or None."""
    return await db.get(Adjournment, session_id)


async def adjournment_with_next(db: AsyncSession, session_id: str) -> Adjournment | None:
    """Return what this session continues, or None."""
    return await db.scalar(select(Adjournment).where(Adjournment.next_id == session_id))


async def continued_by(db: AsyncSession, session_id: str) -> str | None:
    """Return the id of the session that this one continues, or None."""
    query = select(Adjournment.session_id).where(Adjournment.next_id == session_id)
    return await db.scalar(query)


async def goes_on_at(db: AsyncSession, made: Appointment) -> str | None:
    """Return what goes on at an appointment: the session put off to it, or what that continued."""
    if made.origin_id is None:
        return None
    told = await newest_event(db, made.origin_id, EventType.SESSION_CONTINUES)
    for one in (made.origin_id, told.body["previous"] if told else None):
        found = await adjournment_of(db, one) if one else None
        if found is not None and found.state is AdjournmentState.AGREED:
            return found.session_id
    return None


async def adjourned_at(db: AsyncSession, station_id: str) -> Sequence[tuple[Adjournment, Session]]:
    """Return what a station goes on with, the next day first (at most 30)."""
    query = (
        select(Adjournment, Session)
        .join(Session, Session.id == Adjournment.session_id)
        .where(Session.station_id == station_id, Adjournment.state == AdjournmentState.AGREED)
        .order_by(Adjournment.day, Adjournment.at)
        .limit(_MOST)
    )
    return [(row[0], row[1]) for row in (await db.execute(query)).all()]


async def count_numbered(db: AsyncSession, first: str) -> int:
    """Count the sessions of a file whose first one has this number."""
    same = or_(Session.number == first, Session.number.startswith(f"{first}-", autoescape=True))
    return (await db.scalar(select(func.count()).where(same))) or 0
