"""The lists of appointments and of calls to stations, for pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from server.storage.engine import Transaction
from server.storage.schema import (
    Account,
    Appointment,
    AppointmentEntry,
    Device,
    Login,
    Session,
    Station,
    StationAnswering,
    StationCall,
)
from signaling.session import IN_ROOM, WAITING

MOST = 500
MOST_CALLS = 100


async def session_by_id(db: Transaction, session_id: str) -> Session | None:
    """Return the session, or None."""
    return await db.get(Session, session_id)


async def appointment_by_id(db: Transaction, appointment_id: str) -> Appointment | None:
    """Return the appointment, or None."""
    return await db.get(Appointment, appointment_id)


async def appointments(
    db: Transaction, since: datetime, until: datetime, lawyer: str | None = None
) -> Sequence[Appointment]:
    """Return those that begin in a span, in every state, the earliest first."""
    query = select(Appointment).where(Appointment.starts_at >= since, Appointment.starts_at < until)
    if lawyer is not None:
        query = query.where(Appointment.lawyer_id == lawyer)
    order = (Appointment.starts_at, Appointment.id)
    return (await db.scalars(query.order_by(*order).limit(MOST))).all()


async def entries_of(db: Transaction, ids: Sequence[str]) -> dict[str, list[AppointmentEntry]]:
    """Return the log of each appointment, in order."""
    query = (
        select(AppointmentEntry)
        .where(AppointmentEntry.appointment_id.in_(ids))
        .order_by(AppointmentEntry.appointment_id, AppointmentEntry.n)
    )
    found: dict[str, list[AppointmentEntry]] = {}
    for entry in await db.scalars(query):
        found.setdefault(entry.appointment_id, []).append(entry)
    return found


async def station_calls(db: Transaction, since: datetime) -> Sequence[StationCall]:
    """Return the centre's calls to stations, the newest first."""
    query = select(StationCall).where(StationCall.rang_at >= since)
    return (await db.scalars(query.order_by(StationCall.rang_at.desc()).limit(MOST_CALLS))).all()


async def names(db: Transaction, ids: set[str]) -> dict[str, str]:
    """Return people's names by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(ids))
    return {row.id: row.name for row in await db.execute(query)}


async def townships(db: Transaction) -> Sequence[Station]:
    """Return the stations, without the centre, by code."""
    query = select(Station).where(Station.centre.is_(False)).order_by(Station.code)
    return (await db.scalars(query)).all()


async def seen_signed_in(db: Transaction, now: datetime) -> Mapping[str, datetime]:
    """Return when a terminal with somebody signed in was last seen, by station."""
    query = (
        select(Device.station_id, func.max(Device.seen_at).label("at"))
        .join(Login, Login.device_id == Device.id)
        .where(Device.revoked_at.is_(None), Login.expires_at > now, Device.seen_at.is_not(None))
        .group_by(Device.station_id)
    )
    return {row.station_id: row.at for row in await db.execute(query)}


async def busy_stations(db: Transaction) -> set[str]:
    """Return the stations where somebody waits or talks."""
    query = select(Session.station_id).where(Session.state.in_(WAITING | IN_ROOM))
    return set((await db.scalars(query)).all())


async def answering(db: Transaction) -> dict[str, StationAnswering]:
    """Return what stations allow unattended terminals."""
    return {one.station_id: one for one in await db.scalars(select(StationAnswering))}
