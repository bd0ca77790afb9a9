"""Reading what a review shows, and writing down who watches."""

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import (
    Account,
    Advice,
    Consent,
    Event,
    Gap,
    Matter,
    Participant,
    Person,
    Photo,
    Segment,
    Session,
    Station,
    Viewing,
)
from signaling.rights import Role

Shown = TypeVar("Shown", Segment, Photo)
"""What a viewing opens."""


async def sessions_in_order(db: AsyncSession, ids: Sequence[str]) -> list[Session]:
    """Return the sessions in the order of their ids."""
    rows = await db.scalars(select(Session).where(Session.id.in_(ids)))
    known = {session.id: session for session in rows}
    return [known[session_id] for session_id in ids if session_id in known]


async def session_by_id(db: AsyncSession, session_id: str) -> Session | None:
    """Return the session, or None."""
    return await db.get(Session, session_id)


async def account_names(db: AsyncSession, ids: Collection[str | None]) -> dict[str, str]:
    """Return the people's names by account id."""
    query = select(Account.id, Account.name).where(Account.id.in_({i for i in ids if i}))
    return dict((await db.execute(query)).all())


async def account_by_id(db: AsyncSession, account_id: str | None) -> Account | None:
    """Return the account, or None."""
    return await db.get(Account, account_id) if account_id else None


async def station_names(db: AsyncSession) -> dict[str, str]:
    """Return every station's name by id, in the order of their codes."""
    query = select(Station.id, Station.name).order_by(Station.code)
    return dict((await db.execute(query)).all())


async def lawyer_names(db: AsyncSession) -> dict[str, str]:
    """Return every lawyer's name by account id, those no longer active too."""
    query = select(Account.id, Account.name).where(Account.role == Role.LAWYER)
    return dict((await db.execute(query.order_by(Account.name))).all())


async def matters(db: AsyncSession) -> Sequence[Matter]:
    """Return the code table of dispute kinds in its order."""
    return (await db.scalars(select(Matter).order_by(Matter.position, Matter.code))).all()


async def advice_of(db: AsyncSession, ids: Sequence[str]) -> Sequence[Advice]:
    """Return the advice of these sessions, oldest first."""
    query = select(Advice).where(Advice.session_id.in_(ids)).order_by(Advice.at, Advice.id)
    return (await db.scalars(query)).all()


async def persons_of(db: AsyncSession, session_id: str) -> Sequence[Person]:
    """Return the parties in the order they were named."""
    query = select(Person).where(Person.session_id == session_id).order_by(Person.position)
    return (await db.scalars(query)).all()


async def participants_of(db: AsyncSession, session_id: str) -> Sequence[Participant]:
    """Return the participants by place."""
    query = select(Participant).where(Participant.session_id == session_id)
    return (await db.scalars(query.order_by(Participant.place, Participant.id))).all()


async def consents_of(db: AsyncSession, session_id: str) -> Sequence[Consent]:
    """Return every consent and refusal, oldest first."""
    query = select(Consent).where(Consent.session_id == session_id)
    return (await db.scalars(query.order_by(Consent.at, Consent.id))).all()


async def events_of(db: AsyncSession, session_id: str) -> Sequence[Event]:
    """Return the session's whole log."""
    query = select(Event).where(Event.session_id == session_id).order_by(Event.seq)
    return (await db.scalars(query)).all()


async def segments_of(db: AsyncSession, session_id: str) -> Sequence[Segment]:
    """Return the session's segments by track and time."""
    query = select(Segment).where(Segment.session_id == session_id)
    order = (Segment.participant_id, Segment.track, Segment.start_at, Segment.index)
    return (await db.scalars(query.order_by(*order))).all()


async def gaps_of(db: AsyncSession, session_id: str) -> Sequence[Gap]:
    """Return the session's gaps by track and time."""
    query = select(Gap).where(Gap.session_id == session_id)
    order = (Gap.participant_id, Gap.track, Gap.start_at)
    return (await db.scalars(query.order_by(*order))).all()


async def viewings_of(db: AsyncSession, session_id: str) -> Sequence[Viewing]:
    """Return who has watched, newest first."""
    query = select(Viewing).where(Viewing.session_id == session_id)
    return (await db.scalars(query.order_by(Viewing.opened_at.desc(), Viewing.id))).all()


async def in_viewing(
    db: AsyncSession, viewing_id: str, kind: type[Shown], ident: str
) -> tuple[Viewing, Shown, Session] | None:
    """Return a segment or a photo through a viewing of its session, or None."""
    query = (
        select(Viewing, kind, Session)
        .join(Session, Session.id == Viewing.session_id)
        .join(kind, kind.session_id == Viewing.session_id)
        .where(Viewing.id == viewing_id, kind.id == ident)
    )
    row = (await db.execute(query)).first()
    return row if row is None else (row[0], row[1], row[2])


async def photos_of(db: AsyncSession, session_id: str) -> Sequence[Photo]:
    """Return the photos of evidence that were given, oldest first."""
    query = select(Photo).where(Photo.session_id == session_id).order_by(Photo.at, Photo.id)
    return (await db.scalars(query)).all()
