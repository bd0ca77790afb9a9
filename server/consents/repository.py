"""Every query of the consent report; each takes an open transaction."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from server.storage.engine import Transaction
from server.storage.schema import (
    Caucus,
    Consent,
    Event,
    Guest,
    Participant,
    Person,
    Segment,
    Session,
)


async def session_by_number(db: Transaction, number: str) -> Session | None:
    """Return the session with this number or id, or None."""
    return await db.scalar(
        select(Session).where(or_(Session.number == number, Session.id == number))
    )


async def segments_of(db: Transaction, session_id: str) -> Sequence[Segment]:
    """Return what was recorded."""
    return (await db.scalars(select(Segment).where(Segment.session_id == session_id))).all()


async def consents_of(db: Transaction, session_id: str) -> Sequence[Consent]:
    """Return every answer, oldest first."""
    query = select(Consent).where(Consent.session_id == session_id).order_by(Consent.at, Consent.id)
    return (await db.scalars(query)).all()


async def party_apart(db: Transaction, recording_id: str) -> str:
    """Return the party of a talk apart, by the person's id."""
    caucus = await db.get_one(Caucus, recording_id)
    return caucus.person_id


async def persons_of(db: Transaction, session_id: str) -> Sequence[Person]:
    """Return the parties."""
    query = select(Person).where(Person.session_id == session_id).order_by(Person.position)
    return (await db.scalars(query)).all()


async def guests_of(db: Transaction, session_id: str) -> dict[str, Guest]:
    """Return the guests by person."""
    found = (await db.scalars(select(Guest).where(Guest.session_id == session_id))).all()
    return {guest.person_id: guest for guest in found}


async def participants_of(db: Transaction, session_id: str) -> Sequence[Participant]:
    """Return everybody who had a place."""
    query = select(Participant).where(Participant.session_id == session_id)
    return (await db.scalars(query.order_by(Participant.place))).all()


async def events_of(db: Transaction, session_id: str) -> Sequence[Event]:
    """Return the log."""
    query = select(Event).where(Event.session_id == session_id).order_by(Event.seq)
    return (await db.scalars(query)).all()
