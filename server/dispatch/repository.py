"""Every query of dispatch: who is on duty as one session sees them, declared conflicts, steps."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import aliased

from server.sessions.repository import appointments
from server.storage.engine import Transaction
from server.storage.quick import Question, given
from server.storage.schema import (
    Account,
    DeclaredConflict,
    DispatchStep,
    Duty,
    Matter,
    Person,
    RingOffer,
    Session,
    StationCall,
)
from signaling.commands import DeclineReason, SessionKind
from signaling.dispatch import Lawyer
from signaling.session import SessionState
from signaling.station_call import StationCallState

_UNFINISHED = (
    select(Session.lawyer_id, func.count().label("found"))
    .where(Session.state == SessionState.WRAPPING, Session.lawyer_id.is_not(None))
    .group_by(Session.lawyer_id)
    .subquery()
)
_DUTIES: Question[Any] = Question(
    select(
        Duty.lawyer_id,
        Duty.free_since,
        Duty.served_at,
        Duty.lease_until,
        Duty.session_id,
        Duty.helping_id,
        Duty.standby,
        Account.matters,
        Account.languages,
        RingOffer.id.label("ring_id"),
        _UNFINISHED.c.found.label("unfinished"),
    )
    .select_from(Duty)
    .join(Account, Account.id == Duty.lawyer_id)
    .outerjoin(RingOffer, and_(RingOffer.lawyer_id == Duty.lawyer_id, RingOffer.ended_at.is_(None)))
    .outerjoin(_UNFINISHED, _UNFINISHED.c.lawyer_id == Duty.lawyer_id)
)
_CONFLICTS: Question[Any] = Question(
    select(DeclaredConflict.lawyer_id)
    .join(Person, Person.folded == DeclaredConflict.folded)
    .where(Person.session_id == given("session"), Person.folded != "")
)


async def lawyers_for(db: Transaction, session: Session, now: datetime) -> list[Lawyer]:
    """Return everybody on duty, present or not, as they stand towards this session."""
    conflicts = {row.lawyer_id for row in await _CONFLICTS.all(db, session=session.id)}
    earlier = await _earlier_roles(db, session)
    calling = await appointments.lawyers_calling(db)
    booked = await appointments.lawyers_soon_booked(db, now, session.id)
    return [
        Lawyer(
            id=row.lawyer_id,
            since=row.free_since.timestamp(),
            served=row.served_at.timestamp() if row.served_at else None,
            present=row.lease_until > now,
            in_call=row.session_id is not None or row.helping_id is not None,
            being_rung=row.ring_id is not None or row.lawyer_id in calling,
            standby=row.standby,
            conflict=row.lawyer_id in conflicts,
            earlier=row.lawyer_id in earlier,
            booked=row.lawyer_id in booked,
            unfinished=row.unfinished or 0,
            matters=_words(row.matters),
            languages=_words(row.languages),
        )
        for row in await _DUTIES.all(db)
    ]


@lru_cache(maxsize=1024)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


async def _folded_parties(db: Transaction, session_id: str) -> set[str]:
    query = select(Person.folded).where(Person.session_id == session_id, Person.folded != "")
    return set((await db.scalars(query)).all())


async def _earlier_roles(db: Transaction, session: Session) -> set[str]:
    """Return who stood by one side alone, or stepped aside for it.

    That is: advised some of the parties of this mediation, but not all, in a consultation; or
    declined an earlier session with one of them because of a conflict of interest.
    """
    if session.kind is not SessionKind.MEDIATION:
        return set()
    parties = await _folded_parties(db, session.id)
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


_ABOVE = aliased(Matter)
_KINDS: Question[Any] = Question(
    select(Matter.code, _ABOVE.code.label("above"))
    .outerjoin(_ABOVE, _ABOVE.code == Matter.parent_code)
    .where(Matter.code == given("code"))
)


async def matter_with_its_kind(db: Transaction, code: str) -> tuple[str, ...]:
    """Return the kind of dispute and the one above it."""
    row = await _KINDS.first(db, code=code)
    return tuple(one for one in row if one) if row is not None else (code,)


# What is due.


_LOOK: Question[Any] = Question(
    select(Session.id, (Session.due_at <= given("now")).label("due"))
    .where(or_(Session.due_at <= given("now"), Session.state == SessionState.REQUESTED))
    .order_by(Session.queue_at, Session.id)
    .limit(500)
)
_FREE: Question[Any] = Question(
    select(Duty.lawyer_id)
    .where(
        Duty.lease_until > given("now"),
        Duty.session_id.is_(None),
        Duty.helping_id.is_(None),
        Duty.lawyer_id.not_in(select(RingOffer.lawyer_id).where(RingOffer.ended_at.is_(None))),
        Duty.lawyer_id.not_in(
            select(StationCall.lawyer_id).where(StationCall.state == StationCallState.RINGING)
        ),
    )
    .limit(1)
)


async def to_move_on(db: Transaction, now: datetime) -> list[str]:
    """Return the sessions that something can be done for, in the order of the queue.

    That is: whose time is up, and, while anybody is free, those for which nobody is being rung.
    """
    found = await _LOOK.all(db, now=now)
    if all(row.due for row in found) or await _FREE.first(db, now=now) is not None:
        return [row.id for row in found]
    return [row.id for row in found if row.due]


# Steps.


async def steps_of(db: Transaction, session_id: str) -> Sequence[DispatchStep]:
    """Return the steps of a session, in order."""
    query = select(DispatchStep).where(DispatchStep.session_id == session_id)
    return (await db.scalars(query.order_by(DispatchStep.n))).all()


_COUNT: Question[Any] = Question(
    select(func.count().label("found")).where(DispatchStep.session_id == given("session"))
)


async def count_steps(db: Transaction, session_id: str) -> int:
    """Count the steps of a session."""
    row = await _COUNT.first(db, session=session_id)
    return int(row.found) if row is not None else 0


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
