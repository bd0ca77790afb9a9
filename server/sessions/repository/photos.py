"""Photos of evidence, on their day and on the days after it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import Event, Participant, Photo, PhotoShown
from signaling.events import EventType


async def photos_of(db: AsyncSession, session_id: str) -> Sequence[Photo]:
    """Return the photos that were given in a session, oldest first."""
    query = select(Photo).where(Photo.session_id == session_id).order_by(Photo.at, Photo.id)
    return (await db.scalars(query)).all()


async def shown_again(db: AsyncSession, session_id: str) -> Mapping[str, datetime]:
    """Return when photos of earlier days were shown to all in this session, by their ids."""
    query = select(PhotoShown).where(PhotoShown.session_id == session_id)
    return {one.photo_id: one.at for one in (await db.scalars(query)).all()}


async def left_at(db: AsyncSession, participant: Participant) -> datetime | None:
    """Return when somebody was last in the room of a session that is over."""
    query = select(func.max(Event.at)).where(
        Event.session_id == participant.session_id,
        Event.participant_id == participant.id,
        Event.type == EventType.PARTICIPANT_LEFT.value,
    )
    return await db.scalar(query)
