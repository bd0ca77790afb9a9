"""Enrolment codes and the devices they make."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, select, update

from server.storage.engine import Transaction
from server.storage.schema import Account, Device, Enrolment, Station
from signaling.rights import Role


async def station_id_of(db: Transaction, code: str) -> str | None:
    """Return the id of the station with this code."""
    return await db.scalar(select(Station.id).where(Station.code == code))


async def forget_old_codes(db: Transaction, now: datetime) -> None:
    """Delete codes that have ended."""
    await db.execute(delete(Enrolment).where(Enrolment.expires_at < now))


async def use_up(db: Transaction, code_hash: str, now: datetime) -> Enrolment | None:
    """Take a code that nobody has used; of several at once one gets it, the others None."""
    taken = (
        update(Enrolment)
        .where(Enrolment.code_hash == code_hash, Enrolment.used_at.is_(None))
        .where(Enrolment.expires_at > now)
        .values(used_at=now)
    )
    if cast("CursorResult[None]", await db.execute(taken)).rowcount != 1:
        return None
    return await db.get_one(Enrolment, code_hash)


async def device_with_key(db: Transaction, key_hash: str) -> tuple[Device, Station] | None:
    """Return the device that is not revoked and its station."""
    query = (
        select(Device, Station)
        .join(Station, Device.station_id == Station.id)
        .where(Device.key_hash == key_hash, Device.revoked_at.is_(None))
    )
    row = (await db.execute(query)).first()
    return (row[0], row[1]) if row else None


async def mediators_of(db: Transaction, station_id: str) -> Sequence[Account]:
    """Return the station's mediators who may sign in, by name."""
    query = (
        select(Account)
        .where(Account.station_id == station_id, Account.role == Role.MEDIATOR)
        .where(Account.active.is_(True))
        .order_by(Account.name)
    )
    return (await db.scalars(query)).all()


async def end_device(db: Transaction, device_id: str, now: datetime) -> bool:
    """Revoke a device; False if there is none that is not revoked yet."""
    ended = (
        update(Device)
        .where(Device.id == device_id, Device.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return cast("CursorResult[None]", await db.execute(ended)).rowcount == 1
