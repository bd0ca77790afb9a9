"""What belongs to a session: people, consents, advice."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import Advice, Callback, Consent, Event, Participant, Person
from signaling.events import EventType


async def persons_of(db: AsyncSession, session_id: str) -> Sequence[Person]:
    """Return the parties, in the order they were named."""
    query = select(Person).where(Person.session_id == session_id).order_by(Person.position)
    return (await db.scalars(query)).all()


async def consents_of(db: AsyncSession, session_id: str) -> Sequence[Consent]:
    """Return every consent and refusal, oldest first."""
    query = select(Consent).where(Consent.session_id == session_id).order_by(Consent.at, Consent.id)
    return (await db.scalars(query)).all()


async def newest_event(db: AsyncSession, session_id: str, kind: EventType) -> Event | None:
    """Return the newest log entry of a kind, or None."""
    query = select(Event).where(Event.session_id == session_id, Event.type == kind.value)
    return (await db.scalars(query.order_by(Event.seq.desc()).limit(1))).first()


async def participants_of(db: AsyncSession, session_id: str) -> Sequence[Participant]:
    """Return the participants by place."""
    query = (
        select(Participant)
        .where(Participant.session_id == session_id)
        .order_by(Participant.place, Participant.id)
    )
    return (await db.scalars(query)).all()


async def participant_by_id(db: AsyncSession, participant_id: str) -> Participant | None:
    """Return the participant, or None."""
    return await db.get(Participant, participant_id)


async def participant_of(db: AsyncSession, session_id: str, account_id: str) -> Participant | None:
    """Return the account's own participant, or None."""
    query = select(Participant).where(
        Participant.session_id == session_id, Participant.account_id == account_id
    )
    return (await db.scalars(query)).first()


async def advice_of(db: AsyncSession, session_id: str) -> Sequence[Advice]:
    """Return the advice log, oldest first."""
    query = select(Advice).where(Advice.session_id == session_id).order_by(Advice.at, Advice.id)
    return (await db.scalars(query)).all()


async def callback_of(db: AsyncSession, session_id: str) -> Callback | None:
    """Return the call-back that was asked for, or None."""
    return await db.scalar(select(Callback).where(Callback.session_id == session_id))
