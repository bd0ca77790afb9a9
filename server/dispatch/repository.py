"""Every query of dispatch: who is on duty as one session sees them, declared conflicts, steps."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from server.sessions import repository as sessions
from server.storage.engine import Transaction
from server.storage.schema import (
    Account,
    DeclaredConflict,
    DispatchStep,
    Duty,
    Matter,
    Person,
    RingOffer,
    Session,
)
from signaling.commands import DeclineReason, SessionKind
from signaling.dispatch import Lawyer


async def lawyers_for(db: Transaction, session: Session, now: datetime) -> list[Lawyer]:
    """Return everybody on duty, present or not, as they stand towards this session."""
    ringing = set(
        (await db.scalars(select(RingOffer.lawyer_id).where(RingOffer.ended_at.is_(None)))).all()
    )
    unfinished = await sessions.unfinished_by_lawyer(db)
    parties = await _folded_parties(db, session.id)
    conflicts = await _declared_against(db, parties)
    earlier = await _earlier_roles(db, session, parties)
    query = select(
        Duty.lawyer_id,
        Duty.free_since,
        Duty.served_at,
        Duty.lease_until,
        Duty.session_id,
        Duty.helping_id,
        Duty.standby,
        Account.matters,
        Account.languages,
    ).join(Account, Account.id == Duty.lawyer_id)
    return [
        Lawyer(
            id=row.lawyer_id,
            since=row.free_since.timestamp(),
            served=row.served_at.timestamp() if row.served_at else None,
            present=row.lease_until > now,
            in_call=row.session_id is not None or row.helping_id is not None,
            being_rung=row.lawyer_id in ringing,
            standby=row.standby,
            conflict=row.lawyer_id in conflicts,
            earlier=row.lawyer_id in earlier,
            unfinished=unfinished.get(row.lawyer_id, 0),
            matters=frozenset(row.matters.split()),
            languages=frozenset(row.languages.split()),
        )
        for row in await db.execute(query)
    ]


async def _folded_parties(db: Transaction, session_id: str) -> set[str]:
    query = select(Person.folded).where(Person.session_id == session_id, Person.folded != "")
    return set((await db.scalars(query)).all())


async def _declared_against(db: Transaction, parties: Collection[str]) -> set[str]:
    query = select(DeclaredConflict.lawyer_id).where(DeclaredConflict.folded.in_(parties))
    return set((await db.scalars(query)).all())


async def _earlier_roles(db: Transaction, session: Session, parties: Collection[str]) -> set[str]:
    """Return who stood by one side alone, or stepped aside for it.

    That is: advised some of the parties of this mediation, but not all, in a consultation; or
    declined an earlier session with one of them because of a conflict of interest.
    """
    if session.kind is not SessionKind.MEDIATION or not parties:
        return set()
    return await _advised_one_side(db, session, parties) | await _stepped_aside(
        db, session, parties
    )


async def _advised_one_side(
    db: Transaction, session: Session, parties: Collection[str]
) -> set[str]:
    query = (
        select(Session.lawyer_id, Session.id, func.count(func.distinct(Person.folded)))
        .join(Person, Person.session_id == Session.id)
        .where(
            Person.folded.in_(parties),
            Session.id != session.id,
            Session.kind == SessionKind.CONSULTATION,
            Session.lawyer_id.is_not(None),
            Session.live_at.is_not(None),
        )
        .group_by(Session.lawyer_id, Session.id)
    )
    rows = (await db.execute(query)).all()
    return {str(lawyer) for lawyer, _, heard in rows if heard < len(parties)}


async def _stepped_aside(db: Transaction, session: Session, parties: Collection[str]) -> set[str]:
    query = (
        select(RingOffer.lawyer_id)
        .join(Person, Person.session_id == RingOffer.session_id)
        .where(
            Person.folded.in_(parties),
            RingOffer.session_id != session.id,
            RingOffer.decline_reason == DeclineReason.CONFLICT,
        )
    )
    return set((await db.scalars(query)).all())


async def matter_with_its_kind(db: Transaction, code: str) -> tuple[str, ...]:
    """Return the kind of dispute and the one above it."""
    above = aliased(Matter)
    query = (
        select(Matter.code, above.code)
        .outerjoin(above, above.code == Matter.parent_code)
        .where(Matter.code == code)
    )
    row = (await db.execute(query)).first()
    return tuple(one for one in row if one) if row else (code,)


# Steps.


async def steps_of(db: Transaction, session_id: str) -> Sequence[DispatchStep]:
    """Return the steps of a session, in order."""
    query = select(DispatchStep).where(DispatchStep.session_id == session_id)
    return (await db.scalars(query.order_by(DispatchStep.n))).all()


async def count_steps(db: Transaction, session_id: str) -> int:
    """Count the steps of a session."""
    query = select(func.count()).where(DispatchStep.session_id == session_id)
    return int(await db.scalar(query) or 0)


async def rings_of(db: Transaction, session_id: str) -> Sequence[RingOffer]:
    """Return every ring of a session, in order."""
    query = select(RingOffer).where(RingOffer.session_id == session_id)
    return (await db.scalars(query.order_by(RingOffer.rang_at, RingOffer.id))).all()


async def names_of(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Return people's names by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(set(ids)))
    return {row.id: row.name for row in await db.execute(query)}


async def session_by_id(db: Transaction, session_id: str) -> Session | None:
    """Return the session, or None."""
    return await db.get(Session, session_id)


# Declared conflicts.


async def conflicts_of(db: Transaction, lawyer_id: str) -> Sequence[DeclaredConflict]:
    """Return what this lawyer declared, newest first."""
    query = select(DeclaredConflict).where(DeclaredConflict.lawyer_id == lawyer_id)
    order = (DeclaredConflict.declared_at.desc(), DeclaredConflict.id)
    return (await db.scalars(query.order_by(*order))).all()


async def remove_conflict(db: Transaction, lawyer_id: str, conflict_id: str) -> bool:
    """Take back one of this lawyer's own declarations; tell whether there was one."""
    where = (DeclaredConflict.id == conflict_id, DeclaredConflict.lawyer_id == lawyer_id)
    removal = delete(DeclaredConflict).where(*where).returning(DeclaredConflict.id)
    return (await db.scalars(removal)).first() is not None
