"""Reading stations with what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import Account, Device, Login, Station, Village
from signaling.rights import Role


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """An enrolled device that is not revoked; ``signed_in``: the mediator there now."""

    id: str
    name: str
    enrolled_at: datetime
    seen_at: datetime | None
    signed_in: str | None


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station and what the admin wants to see of it."""

    station: Station
    villages: int
    mediators: Sequence[str]
    terminals: Sequence[TerminalRow]


async def stations(db: AsyncSession, now: datetime) -> list[StationRow]:
    """Return all stations: the centre first, then by code."""
    query = select(Station).order_by(Station.centre.desc(), Station.code)
    villages = await _villages(db)
    mediators = await _mediators(db)
    terminals = await _terminals(db, now)
    return [
        StationRow(
            station=one,
            villages=villages.get(one.id, 0),
            mediators=mediators.get(one.id, []),
            terminals=terminals.get(one.id, []),
        )
        for one in await db.scalars(query)
    ]


async def _villages(db: AsyncSession) -> dict[str, int]:
    query = select(Village.station_id, func.count()).group_by(Village.station_id)
    return dict((await db.execute(query)).all())


async def _mediators(db: AsyncSession) -> dict[str, list[str]]:
    query = (
        select(Account.station_id, Account.name)
        .where(Account.role == Role.MEDIATOR, Account.active.is_(True))
        .order_by(Account.name)
    )
    found: dict[str, list[str]] = {}
    for station, name in await db.execute(query):
        if station is not None:
            found.setdefault(station, []).append(name)
    return found


async def _terminals(db: AsyncSession, now: datetime) -> dict[str, list[TerminalRow]]:
    signed_in = (
        select(Login.device_id, func.max(Account.name).label("name"))
        .join(Account, Login.account_id == Account.id)
        .where(Login.expires_at > now, Login.device_id.is_not(None))
        .group_by(Login.device_id)
        .subquery()
    )
    query = (
        select(Device, signed_in.c.name)
        .outerjoin(signed_in, signed_in.c.device_id == Device.id)
        .where(Device.revoked_at.is_(None))
        .order_by(Device.enrolled_at)
    )
    found: dict[str, list[TerminalRow]] = {}
    for device, name in await db.execute(query):
        row = TerminalRow(device.id, device.name, device.enrolled_at, device.seen_at, name)
        found.setdefault(device.station_id, []).append(row)
    return found
