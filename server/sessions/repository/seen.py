"""What pages show, as plain rows that nobody changes: see server.storage.quick.

A ``Shown`` is a session's row with the names its card needs; a ``File`` is all that its own people
may see of it, read with a question for each table that has something.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Table, exists, select
from sqlalchemy.orm import aliased

from server.storage.engine import Transaction
from server.storage.quick import Question, among, given
from server.storage.schema import (
    Account,
    Adjournment,
    Advice,
    Base,
    Callback,
    Caucus,
    Consent,
    DeclaredConflict,
    Guest,
    Matter,
    Message,
    Participant,
    Person,
    Photo,
    RingOffer,
    Session,
    Station,
    has_photos,
)
from signaling.guest import GuestState
from signaling.session import IN_ROOM, WAITING, SessionState


class Names(Protocol):
    """What a session's row knows besides its own columns."""

    station_name: str
    matter_name: str
    lawyer_name: str | None
    lawyer_firm: str
    lawyer_licence_no: str
    mediator_name: str
    has_guests: bool
    has_caucus: bool
    has_messages: bool
    has_advice: bool
    has_photos: bool
    has_conflict: bool
    is_put_off: bool
    continues: str | None


class Offered(Protocol):
    """A running ring, and the name of who is rung."""

    session_id: str
    lawyer_id: str
    lawyer_name: str
    until: datetime
    everyone: bool
    stage: Any
    notes: list[str]


class Written(Protocol):
    """An entry of the advice log, and the names of its author and its kind of dispute."""

    id: str
    author_name: str
    matter_name: str
    matter_code: str
    at: datetime
    media_seconds: float | None
    advice: str
    legal_basis: list[Any]
    bring: str
    next_step: str
    corrects_id: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A session and its names, of one row."""

    session: Session
    names: Names


@dataclass(frozen=True, slots=True)
class File:
    """What there is to see of a session; ``offers``: the rings that have not ended."""

    session: Session
    names: Names
    participants: Sequence[Participant]
    persons: Sequence[Person]
    consents: Sequence[Consent]
    offers: Sequence[Offered]
    advice: Sequence[Written]
    guests: Sequence[Guest]
    caucus: Caucus | None
    messages: Sequence[Message]
    photos: Sequence[Photo]


def table_of(entity: type[Base]) -> Table:
    table = entity.__table__
    assert isinstance(table, Table)
    return table


HAS_GUESTS = exists().where(Guest.session_id == Session.id).label("has_guests")
HAS_CAUCUS = (
    exists().where(Caucus.session_id == Session.id, Caucus.ended_at.is_(None)).label("has_caucus")
)

_LAWYER, _MEDIATOR = aliased(Account), aliased(Account)

_SHOWN = (
    select(
        *table_of(Session).c,
        Station.name.label("station_name"),
        Matter.name.label("matter_name"),
        _LAWYER.name.label("lawyer_name"),
        _LAWYER.firm.label("lawyer_firm"),
        _LAWYER.licence_no.label("lawyer_licence_no"),
        _MEDIATOR.name.label("mediator_name"),
        HAS_GUESTS,
        HAS_CAUCUS,
        exists().where(Message.session_id == Session.id).label("has_messages"),
        exists().where(Advice.session_id == Session.id).label("has_advice"),
        has_photos().label("has_photos"),
        # Anybody's: whose, and whether they are in the talk, is asked where there is one.
        exists()
        .where(Person.session_id == Session.id, DeclaredConflict.folded == Person.folded)
        .label("has_conflict"),
        exists().where(Adjournment.session_id == Session.id).label("is_put_off"),
        select(Adjournment.session_id)
        .where(Adjournment.next_id == Session.id)
        .scalar_subquery()
        .label("continues"),
    )
    .select_from(Session)
    .join(Station, Station.id == Session.station_id)
    .join(Matter, Matter.code == Session.matter_code)
    .join(_MEDIATOR, _MEDIATOR.id == Session.mediator_id)
    .outerjoin(_LAWYER, _LAWYER.id == Session.lawyer_id)
)
_BY_ID: Question[Any] = Question(_SHOWN.where(Session.id == given("session")))
_OF_MEDIATOR: Question[Any] = Question(
    _SHOWN.where(Session.mediator_id == given("mediator"))
    .order_by(Session.requested_at.desc(), Session.id)
    .limit(1)
)
_OF_LAWYER: Question[Any] = Question(
    _SHOWN.where(Session.lawyer_id == given("lawyer"))
    .where(among(Session.state, IN_ROOM | {SessionState.WRAPPING}))
    .order_by(Session.ended_at)
)
_FINISHED: Question[Any] = Question(
    _SHOWN.where(Session.lawyer_id == given("lawyer"), Session.requested_at >= given("since"))
    .where(Session.state == SessionState.CLOSED)
    .order_by(Session.requested_at.desc())
    .limit(50)
)
_WAITING: Question[Any] = Question(
    _SHOWN.where(among(Session.state, WAITING)).order_by(Session.queue_at, Session.id).limit(200)
)
_CALLBACKS: Question[Any] = Question(
    _SHOWN.add_columns(
        Callback.phone.label("callback_phone"), Callback.requested_at.label("callback_at")
    )
    .join(Callback, Callback.session_id == Session.id)
    .where(Callback.done_at.is_(None))
    .order_by(Callback.requested_at, Callback.id)
    .limit(50)
)
_INTERESTED: Question[Any] = Question(
    select(Person.session_id, DeclaredConflict.lawyer_id)
    .join(DeclaredConflict, DeclaredConflict.folded == Person.folded)
    .join(Callback, Callback.session_id == Person.session_id)
    .where(Callback.done_at.is_(None))
)
_ON_SCREEN = WAITING | IN_ROOM | {SessionState.WRAPPING, SessionState.CLOSED}


def _shown(row: Any) -> Shown | None:
    return None if row is None else Shown(row, row)


async def session_by_id(db: Transaction, session_id: str) -> Shown | None:
    """Return the session, or None."""
    return _shown(await _BY_ID.first(db, session=session_id))


async def mediators_session(db: Transaction, mediator_id: str) -> Shown | None:
    """Return the session on the mediator's screen: the newest, unless it was given up or left."""
    found = _shown(await _OF_MEDIATOR.first(db, mediator=mediator_id))
    if found is None or found.session.state not in _ON_SCREEN or found.session.left_at is not None:
        return None
    return found


async def lawyers_sessions(db: Transaction, lawyer_id: str) -> list[Shown]:
    """Return the lawyer's sessions in the room or in wrap-up; of these, the last to end is last."""
    return [Shown(row, row) for row in await _OF_LAWYER.all(db, lawyer=lawyer_id)]


async def lawyers_finished(db: Transaction, lawyer_id: str, since: datetime) -> list[Shown]:
    """Return the lawyer's sessions closed since then, newest first."""
    return [Shown(row, row) for row in await _FINISHED.all(db, lawyer=lawyer_id, since=since)]


async def waiting_sessions(db: Transaction) -> list[Shown]:
    """Return everybody who waits, in the order of the queue (at most 200)."""
    return [Shown(row, row) for row in await _WAITING.all(db)]


async def open_callbacks(db: Transaction) -> list[tuple[Shown, str, datetime]]:
    """Return who still waits to be called back: the session, the number, since when."""
    rows = await _CALLBACKS.all(db)
    return [(Shown(row, row), row.callback_phone, row.callback_at) for row in rows]


async def interested_in_callbacks(db: Transaction) -> set[tuple[str, str]]:
    """Return the sessions in which somebody waits to be called back, each with a lawyer who has
    declared an interest in one of its parties."""
    return {(row.session_id, row.lawyer_id) for row in await _INTERESTED.all(db)}


_PARTICIPANTS: Question[Participant] = Question(
    select(table_of(Participant))
    .where(Participant.session_id == given("session"))
    .order_by(Participant.place, Participant.id)
)
_PERSONS: Question[Person] = Question(
    select(table_of(Person)).where(Person.session_id == given("session")).order_by(Person.position)
)
_CONSENTS: Question[Consent] = Question(
    select(table_of(Consent))
    .where(Consent.session_id == given("session"))
    .order_by(Consent.at, Consent.id)
)
_OFFERS: Question[Offered] = Question(
    select(*table_of(RingOffer).c, Account.name.label("lawyer_name"))
    .join(Account, Account.id == RingOffer.lawyer_id)
    .where(RingOffer.session_id == given("session"), RingOffer.ended_at.is_(None))
)
_OFFER_OF: Question[Offered] = Question(
    select(*table_of(RingOffer).c, Account.name.label("lawyer_name"))
    .join(Account, Account.id == RingOffer.lawyer_id)
    .where(RingOffer.lawyer_id == given("lawyer"), RingOffer.ended_at.is_(None))
)
_ADVICE: Question[Written] = Question(
    select(*table_of(Advice).c, Account.name.label("author_name"), Matter.name.label("matter_name"))
    .join(Account, Account.id == Advice.author_id)
    .outerjoin(Matter, Matter.code == Advice.matter_code)
    .where(Advice.session_id == given("session"))
    .order_by(Advice.at, Advice.id)
)
_GUESTS: Question[Guest] = Question(
    select(table_of(Guest))
    .where(Guest.session_id == given("session"))
    .order_by(Guest.since, Guest.id)
)
_CAUCUS: Question[Caucus] = Question(
    select(table_of(Caucus)).where(Caucus.session_id == given("session"), Caucus.ended_at.is_(None))
)
_MESSAGES: Question[Message] = Question(
    select(table_of(Message))
    .where(Message.session_id == given("session"))
    .order_by(Message.at, Message.id)
)
_PHOTOS: Question[Photo] = Question(
    select(table_of(Photo)).where(Photo.session_id == given("session")).order_by(Photo.at, Photo.id)
)
_RUNG_IN = WAITING | IN_ROOM


async def file_of(db: Transaction, shown: Shown) -> File:
    """Read what belongs to a session."""
    id, names = shown.session.id, shown.names
    rings = shown.session.state in _RUNG_IN
    return File(
        session=shown.session,
        names=names,
        participants=await _PARTICIPANTS.all(db, session=id),
        persons=await _PERSONS.all(db, session=id),
        consents=await _CONSENTS.all(db, session=id),
        offers=await _OFFERS.all(db, session=id) if rings else (),
        advice=await _ADVICE.all(db, session=id) if names.has_advice else (),
        guests=await _GUESTS.all(db, session=id) if names.has_guests else (),
        caucus=await _CAUCUS.first(db, session=id) if names.has_caucus else None,
        messages=await _MESSAGES.all(db, session=id) if names.has_messages else (),
        photos=await _PHOTOS.all(db, session=id) if names.has_photos else (),
    )


async def participants_of(db: Transaction, session_id: str) -> Sequence[Participant]:
    """Return the participants by place."""
    return await _PARTICIPANTS.all(db, session=session_id)


async def consents_of(db: Transaction, session_id: str) -> Sequence[Consent]:
    """Return every consent and refusal, oldest first."""
    return await _CONSENTS.all(db, session=session_id)


async def guests_inside(db: Transaction, session_id: str) -> Sequence[Guest]:
    """Return the guests who have been let in."""
    found = await _GUESTS.all(db, session=session_id)
    return [one for one in found if one.state is GuestState.INSIDE]


async def persons_of(db: Transaction, session_id: str) -> Sequence[Person]:
    """Return the parties, in the order they were named."""
    return await _PERSONS.all(db, session=session_id)


async def open_offer_of(db: Transaction, lawyer_id: str) -> Offered | None:
    """Return the ring that this lawyer hears now, if any."""
    return await _OFFER_OF.first(db, lawyer=lawyer_id)
