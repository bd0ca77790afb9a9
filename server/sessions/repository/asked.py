"""What commands and pages ask of the desk and its tables: plain rows, see server.storage.quick."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import exists, func, or_, select, union_all

from server.sessions.repository.seen import HAS_CAUCUS, HAS_GUESTS, table_of
from server.storage.engine import Transaction
from server.storage.quick import Question, among, given
from server.storage.schema import (
    Account,
    Advice,
    DeclaredConflict,
    DoneCommand,
    Duty,
    Guest,
    Matter,
    NoticeText,
    Participant,
    Person,
    RingOffer,
    Session,
    Station,
    StationCall,
)
from signaling.participant import ParticipantState
from signaling.session import WAITING
from signaling.station_call import StationCallState


class OnDuty(Protocol):
    """A duty row, and the lawyer's name."""

    lawyer_id: str
    name: str
    since: datetime
    lease_until: datetime
    standby: bool
    helping_id: str | None


class Around(Protocol):
    """Who else has to do with a session: who is rung, called in, invited, taken aside."""

    has_rings: bool
    has_helpers: bool
    has_guests: bool
    has_caucus: bool


_AROUND: Question[Around] = Question(
    select(
        exists()
        .where(RingOffer.session_id == Session.id, RingOffer.ended_at.is_(None))
        .label("has_rings"),
        exists().where(Duty.helping_id == Session.id).label("has_helpers"),
        HAS_GUESTS,
        HAS_CAUCUS,
    ).where(Session.id == given("session"))
)


_CONFLICT: Question[Any] = Question(
    select(DeclaredConflict.id)
    .join(Person, Person.folded == DeclaredConflict.folded)
    .where(DeclaredConflict.lawyer_id == given("lawyer"), Person.session_id == given("session"))
    .limit(1)
)


_INTERESTED: Question[Any] = Question(
    select(Participant.account_id)
    .join(DeclaredConflict, DeclaredConflict.lawyer_id == Participant.account_id)
    .join(Person, Person.folded == DeclaredConflict.folded)
    .where(
        Participant.session_id == given("session"),
        Participant.state != ParticipantState.LEFT,
        Person.session_id == given("session"),
    )
)


_ENTRIES: Question[Any] = Question(
    select(func.count().label("found")).where(Advice.session_id == given("session"))
)


async def around(db: Transaction, session_id: str) -> Around:
    """Tell who else has to do with a session; raises LookupError where there is none."""
    found = await _AROUND.first(db, session=session_id)
    if found is None:
        raise LookupError(session_id)
    return found


async def declared_conflict(db: Transaction, lawyer_id: str, session_id: str) -> bool:
    """Tell whether the lawyer has declared an interest in a party of the session."""
    return await _CONFLICT.first(db, lawyer=lawyer_id, session=session_id) is not None


async def interested(db: Transaction, session_id: str) -> set[str]:
    """Return the lawyers in the talk who have declared an interest in one of its parties."""
    return {row.account_id for row in await _INTERESTED.all(db, session=session_id)}


async def count_advice(db: Transaction, session_id: str) -> int:
    """Count the advice entries of a session."""
    found = await _ENTRIES.first(db, session=session_id)
    return int(found.found) if found is not None else 0


_IS_MATTER: Question[Any] = Question(select(Matter.code).where(Matter.code == given("code")))


_IS_NOTICE: Question[Any] = Question(
    select(NoticeText.version).where(NoticeText.version == given("version"))
)


_DONE: Question[DoneCommand] = Question(
    select(table_of(DoneCommand)).where(DoneCommand.id == given("command"))
)


async def is_matter(db: Transaction, code: str) -> bool:
    """Tell whether there is such a kind of dispute."""
    return await _IS_MATTER.first(db, code=code) is not None


async def is_notice(db: Transaction, version: str) -> bool:
    """Tell whether there is such a wording of the notice."""
    return await _IS_NOTICE.first(db, version=version) is not None


async def done_command(db: Transaction, command_id: str) -> DoneCommand | None:
    """Return the command's record if it was carried out before."""
    return await _DONE.first(db, command=command_id)


_AHEAD: Question[Any] = Question(
    select(func.count().label("found")).where(
        among(Session.state, WAITING), Session.queue_at < given("place")
    )
)


_WAITS: Question[Any] = Question(
    select(Session.requested_at, Session.accepted_at)
    .where(Session.accepted_at >= given("since"))
    .order_by(Session.accepted_at.desc())
    .limit(20)
)


async def ahead_in_queue(db: Transaction, session: Session) -> int:
    """Count those who come before in the queue."""
    found = await _AHEAD.first(db, place=session.queue_at)
    return int(found.found) if found is not None else 0


async def recent_waits(db: Transaction, since: datetime) -> list[float]:
    """Return how long the last calls answered since then had waited, in seconds (at most 20)."""
    rows = await _WAITS.all(db, since=since)
    return [(row.accepted_at - row.requested_at).total_seconds() for row in rows]


_DUTIES: Question[OnDuty] = Question(
    select(
        Duty.lawyer_id,
        Duty.since,
        Duty.lease_until,
        Duty.standby,
        Duty.helping_id,
        Account.name,
    )
    .join(Account, Account.id == Duty.lawyer_id)
    .order_by(Duty.since, Duty.lawyer_id)
)


_DUTY: Question[Duty] = Question(select(table_of(Duty)).where(Duty.lawyer_id == given("lawyer")))


_FREE: Question[Account] = Question(
    select(Account.id, Account.name, Account.firm)
    .join(Duty, Duty.lawyer_id == Account.id)
    .where(
        Duty.lease_until > given("now"),
        Duty.session_id.is_(None),
        Duty.helping_id.is_(None),
        Duty.lawyer_id.not_in(select(RingOffer.lawyer_id).where(RingOffer.ended_at.is_(None))),
        Duty.lawyer_id.not_in(
            select(StationCall.lawyer_id).where(StationCall.state == StationCallState.RINGING)
        ),
    )
    .order_by(Account.name, Account.id)
    .limit(20)
)


_STATION: Question[Station] = Question(
    select(table_of(Station)).where(Station.id == given("station"))
)


async def all_duties(db: Transaction) -> Sequence[OnDuty]:
    """Return the lawyers on duty, present or not, the earliest first."""
    return await _DUTIES.all(db)


async def duty_of(db: Transaction, lawyer_id: str) -> Duty | None:
    """Return the lawyer's duty row, or None when off duty."""
    return await _DUTY.first(db, lawyer=lawyer_id)


async def free_lawyers(db: Transaction, now: datetime) -> Sequence[Account]:
    """Return lawyers who could take a call now, by name (at most 20): id, name and firm."""
    return await _FREE.all(db, now=now)


async def station_by_id(db: Transaction, station_id: str) -> Station | None:
    """Return the station, or None."""
    return await _STATION.first(db, station=station_id)


def _people(what: Any, where: Any, *conditions: Any) -> Any:
    return select(what.label("id")).where(where == given("session"), what.is_not(None), *conditions)


_EVERYBODY = union_all(
    _people(Session.mediator_id, Session.id),
    _people(Session.lawyer_id, Session.id),
    _people(Participant.account_id, Participant.session_id),
    _people(Guest.account_id, Guest.session_id),
    _people(
        RingOffer.lawyer_id,
        RingOffer.session_id,
        or_(RingOffer.ended_at.is_(None), RingOffer.ended_at > given("lately")),
    ),
).subquery()


_PEOPLE: Question[Any] = Question(select(_EVERYBODY.c.id))


async def people_of(db: Transaction, session_id: str, lately: datetime) -> set[str]:
    """Return the accounts in a session, and who is rung for it or was until after ``lately``."""
    return {row.id for row in await _PEOPLE.all(db, session=session_id, lately=lately)}
