"""The rows of terminals' health."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from server.health.wall import StationHealth, TerminalHealth
from server.storage.engine import Transaction
from server.storage.schema import Account, Device, SelfTest, Station, Task
from server.tasks.kinds import TaskKind

HISTORY = 200


async def note_seen(db: Transaction, devices: Collection[str], now: datetime) -> None:
    """Note that these terminals are switched on."""
    await db.execute(update(Device).where(Device.id.in_(devices)).values(seen_at=now))


async def newest_test(db: Transaction, device_id: str) -> SelfTest | None:
    """Return a terminal's newest test."""
    query = (
        select(SelfTest)
        .where(SelfTest.device_id == device_id)
        .order_by(SelfTest.at.desc(), SelfTest.id)
        .limit(1)
    )
    return await db.scalar(query)


async def tests_since(db: Transaction, device_id: str, moment: datetime) -> int:
    """Return how many tests a terminal has sent since then."""
    query = select(func.count()).where(SelfTest.device_id == device_id, SelfTest.at >= moment)
    return await db.scalar(query) or 0


async def history(db: Transaction, station_id: str) -> Sequence[tuple[SelfTest, Device]]:
    """Return a station's tests, the newest first, of terminals that are gone, too."""
    query = (
        select(SelfTest, Device)
        .join(Device, Device.id == SelfTest.device_id)
        .where(SelfTest.station_id == station_id)
        .order_by(SelfTest.at.desc(), SelfTest.id)
        .limit(HISTORY)
    )
    return [(test, device) for test, device in await db.execute(query)]


async def stations(db: Transaction, station_id: str | None = None) -> list[StationHealth]:
    """Return the stations with their terminals: all but the centre, or the one asked for."""
    query = select(Station).order_by(Station.code)
    if station_id is None:
        query = query.where(Station.centre.is_(False))
    else:
        query = query.where(Station.id == station_id)
    terminals, faults = await _terminals(db), await _faults(db)
    return [
        StationHealth(one, terminals.get(one.id, []), faults.get(one.id))
        for one in await db.scalars(query)
    ]


async def worst_at(db: Transaction, station_id: str) -> set[str]:
    """Return the states of the newest tests of a station's terminals."""
    terminals = (await _terminals(db)).get(station_id, [])
    return {one.test.worst for one in terminals if one.test is not None}


async def _terminals(db: Transaction) -> Mapping[str, list[TerminalHealth]]:
    newest = (
        select(SelfTest.device_id, func.max(SelfTest.at).label("at"))
        .group_by(SelfTest.device_id)
        .subquery()
    )
    tests = select(SelfTest).join(
        newest, (newest.c.device_id == SelfTest.device_id) & (newest.c.at == SelfTest.at)
    )
    by_device = {test.device_id: test for test in await db.scalars(tests)}
    found: dict[str, list[TerminalHealth]] = {}
    devices = select(Device).where(Device.revoked_at.is_(None)).order_by(Device.enrolled_at)
    for device in await db.scalars(devices):
        one = TerminalHealth(device, by_device.get(device.id))
        found.setdefault(device.station_id, []).append(one)
    return found


async def _faults(db: Transaction) -> Mapping[str, str]:
    """The owners' names of the open faults, by station; "" where nobody has taken it."""
    query = (
        select(Task.subject, Account.name)
        .outerjoin(Account, Account.id == Task.owner_id)
        .where(Task.kind == TaskKind.TERMINAL_FAULT, Task.done_at.is_(None))
    )
    return {subject: name or "" for subject, name in await db.execute(query)}
