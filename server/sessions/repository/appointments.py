"""The rows of appointments and of calls to stations."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.sessions.repository.seen import table_of
from server.storage.quick import Question, among, given
from server.storage.schema import (
    Account,
    Appointment,
    AppointmentEntry,
    BookedCell,
    Device,
    Login,
    NoticeText,
    Session,
    Station,
    StationAnswering,
    StationCall,
)
from signaling.appointment import GRACE, SOON, STANDING, AppointmentEvent, AppointmentState
from signaling.rights import Role
from signaling.session import IN_ROOM, WAITING, SessionState
from signaling.station_call import StationCallState

SHOWN = 20
"""So many appointments go to a page."""
ONLINE = timedelta(seconds=90)
"""A terminal is noted as switched on every half a minute while its page is open."""

_OVER = frozenset({SessionState.CANCELLED, SessionState.DEFERRED, SessionState.FAILED})


async def lock_appointment(db: AsyncSession, appointment_id: str) -> Appointment | None:
    """Return an appointment; until the transaction ends nobody else changes it."""
    return await db.get(Appointment, appointment_id, with_for_update=True)


def _standing(whose: Any) -> Question[Appointment]:
    return Question(
        select(table_of(Appointment))
        .where(whose, among(Appointment.state, STANDING), Appointment.ends_at > given("now"))
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(SHOWN)
    )


_OF_STATION = _standing(Appointment.station_id == given("station"))
_OF_LAWYER = _standing(Appointment.lawyer_id == given("lawyer"))


async def appointments_of_station(
    db: AsyncSession, station_id: str, now: datetime
) -> Sequence[Appointment]:
    """Return what a station's terminals show: what stands and is not over, the earliest first."""
    return await _OF_STATION.all(db, station=station_id, now=now)


async def appointments_of_lawyer(
    db: AsyncSession, lawyer_id: str, now: datetime
) -> Sequence[Appointment]:
    """Return what a lawyer's desk shows."""
    return await _OF_LAWYER.all(db, lawyer=lawyer_id, now=now)


async def taken_cells(
    db: AsyncSession, cells: Collection[int], but: str | None = None
) -> set[tuple[str, int]]:
    """Return who is booked in these cells, as ``(holder, cell)``; ``but``: not by this one."""
    if not cells:
        return set()
    query = select(BookedCell.holder_id, BookedCell.cell).where(
        BookedCell.cell.between(min(cells), max(cells))
    )
    if but is not None:
        query = query.where(BookedCell.appointment_id != but)
    return {(row.holder_id, row.cell) for row in await db.execute(query)}


async def take_cells(
    db: AsyncSession, appointment_id: str, holders: Iterable[str], cells: Iterable[int]
) -> None:
    """Occupy cells; raises IntegrityError when somebody has one of them."""
    numbers = tuple(cells)
    db.add_all(
        BookedCell(holder_id=holder, cell=cell, appointment_id=appointment_id)
        for holder in holders
        for cell in numbers
    )
    await db.flush()


async def give_cells_back(db: AsyncSession, appointment_id: str) -> None:
    """Free what an appointment occupies."""
    await db.execute(delete(BookedCell).where(BookedCell.appointment_id == appointment_id))


async def was_entered(db: AsyncSession, appointment_id: str) -> bool:
    """Tell whether somebody has gone in for it, earlier."""
    query = select(AppointmentEntry.n).where(
        AppointmentEntry.appointment_id == appointment_id,
        AppointmentEntry.type == AppointmentEvent.ENTER,
    )
    return (await db.scalars(query.limit(1))).first() is not None


_SOON: Question[Appointment] = Question(
    select(Appointment.lawyer_id).where(
        among(Appointment.state, STANDING),
        Appointment.starts_at <= given("until"),
        Appointment.starts_at > given("since"),
        or_(Appointment.session_id.is_(None), Appointment.session_id != given("session")),
    )
)


async def lawyers_soon_booked(db: AsyncSession, now: datetime, but: str) -> set[str]:
    """Return the lawyers whose appointment, not that of session ``but``, is about to begin."""
    found = await _SOON.all(db, until=now + SOON, since=now - GRACE, session=but)
    return {row.lawyer_id for row in found}


async def due_appointments(db: AsyncSession, now: datetime) -> list[str]:
    """Return the ids of those that time, or what became of their session, moves on."""
    late = and_(Appointment.state == AppointmentState.BOOKED, Appointment.starts_at <= now - GRACE)
    decided = and_(
        Appointment.state == AppointmentState.ENTERED,
        or_(Session.accepted_at.is_not(None), Session.state.in_(_OVER)),
    )
    query = (
        select(Appointment.id)
        .outerjoin(Session, Session.id == Appointment.session_id)
        .where(or_(late, decided))
        .order_by(Appointment.starts_at)
        .limit(500)
    )
    return list((await db.scalars(query)).all())


# Calls to stations.


async def lock_station_call(db: AsyncSession, call_id: str) -> StationCall | None:
    """Return a call to a station; until the transaction ends nobody else changes it."""
    return await db.get(StationCall, call_id, with_for_update=True)


def _ringing(whose: Any) -> Question[StationCall]:
    rings = StationCall.state == StationCallState.RINGING
    return Question(select(table_of(StationCall)).where(rings, whose))


_AT = _ringing(StationCall.mediator_id == given("mediator"))
_BY = _ringing(StationCall.lawyer_id == given("lawyer"))
_TO = _ringing(StationCall.station_id == given("station"))
_CALLING: Question[StationCall] = Question(
    select(StationCall.lawyer_id).where(StationCall.state == StationCallState.RINGING)
)


async def ringing_at(db: AsyncSession, mediator_id: str) -> StationCall | None:
    """Return the call that rings at this mediator's terminal, if any; not to be changed."""
    return await _AT.first(db, mediator=mediator_id)


async def calling_by(db: AsyncSession, lawyer_id: str) -> StationCall | None:
    """Return the call by which this lawyer rings a station, if any; not to be changed."""
    return await _BY.first(db, lawyer=lawyer_id)


async def station_is_rung(db: AsyncSession, station_id: str) -> bool:
    """Tell whether the centre is calling this station already."""
    return await _TO.first(db, station=station_id) is not None


async def lawyers_calling(db: AsyncSession) -> set[str]:
    """Return the lawyers who ring a station now."""
    return {row.lawyer_id for row in await _CALLING.all(db)}


async def overdue_station_calls(db: AsyncSession, now: datetime) -> list[str]:
    """Return the ids of the calls that have rung long enough."""
    query = select(StationCall.id).where(
        StationCall.state == StationCallState.RINGING, StationCall.until <= now
    )
    return list((await db.scalars(query.limit(100))).all())


async def station_call_of(db: AsyncSession, session_id: str) -> StationCall | None:
    """Return the call by which a session began, or None."""
    query = select(StationCall).where(StationCall.session_id == session_id)
    return (await db.scalars(query)).first()


async def answering_of(db: AsyncSession, station_id: str) -> StationAnswering | None:
    """Return what a station allows its terminals when nobody is there; None: nothing."""
    return await db.get(StationAnswering, station_id)


async def mediator_at(db: AsyncSession, station_id: str, now: datetime) -> str | None:
    """Return who is signed in at a terminal of the station that is switched on; None: nobody."""
    query = (
        select(Account.id)
        .join(Login, Login.account_id == Account.id)
        .join(Device, Device.id == Login.device_id)
        .where(
            Account.station_id == station_id,
            Account.role == Role.MEDIATOR,
            Account.active.is_(True),
            Login.expires_at > now,
            Device.revoked_at.is_(None),
            Device.seen_at > now - ONLINE,
        )
        .order_by(Device.seen_at.desc(), Login.created_at.desc())
        .limit(1)
    )
    return (await db.scalars(query)).first()


async def station_is_busy(db: AsyncSession, station_id: str) -> bool:
    """Tell whether somebody at the station waits for a lawyer or talks with one."""
    query = select(func.count()).where(
        Session.station_id == station_id, Session.state.in_(WAITING | IN_ROOM)
    )
    return bool(await db.scalar(query))


async def notice_on(db: AsyncSession, today: date) -> NoticeText | None:
    """Return the wording of the notice that is in force on a day of the district."""
    query = (
        select(NoticeText)
        .where(NoticeText.in_force_from <= today)
        .order_by(NoticeText.in_force_from.desc(), NoticeText.version.desc())
        .limit(1)
    )
    return (await db.scalars(query)).first()


async def station_names(db: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """Return stations' names by id."""
    query = select(Station.id, Station.name).where(Station.id.in_(set(ids)))
    return {row.id: row.name for row in await db.execute(query)}


async def people_beside(db: AsyncSession, marked: Collection[str]) -> set[str]:
    """Return whose pages show these appointments and calls, named as they are told: ``mark/id``."""
    ids = {one.partition("/")[2] for one in marked}
    booked = select(Appointment.lawyer_id, Appointment.station_id).where(Appointment.id.in_(ids))
    calls = select(StationCall.lawyer_id, StationCall.mediator_id).where(StationCall.id.in_(ids))
    pairs = (await db.execute(booked)).all()
    people = {row.lawyer_id for row in pairs}
    people |= {one for row in await db.execute(calls) for one in row}
    at_stations = select(Account.id).where(
        Account.station_id.in_({row.station_id for row in pairs}), Account.role == Role.MEDIATOR
    )
    return people | set(await db.scalars(at_stations))
