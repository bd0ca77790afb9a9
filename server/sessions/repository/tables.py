"""Names of people, places and kinds of dispute."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import (
    Account,
    Matter,
    NoticeText,
    Session,
    Station,
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that cards need, by id or code."""

    stations: dict[str, str]
    matters: dict[str, str]
    accounts: dict[str, str]


async def accounts_by_id(db: AsyncSession, ids: Collection[str]) -> dict[str, Account]:
    """Return the named accounts by id."""
    query = select(Account).where(Account.id.in_(set(ids)))
    return {account.id: account for account in (await db.scalars(query)).all()}


async def lock_account(db: AsyncSession, account_id: str) -> None:
    """Make this person's commands wait for one another until the transaction ends."""
    await db.execute(
        select(Account.id).where(Account.id == account_id).with_for_update(key_share=True)
    )


async def account_names(db: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """Return people's names by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(set(ids)))
    return {row.id: row.name for row in await db.execute(query)}


async def station_by_id(db: AsyncSession, station_id: str) -> Station | None:
    """Return the station, or None."""
    return await db.get(Station, station_id)


async def matters_by_code(db: AsyncSession) -> dict[str, Matter]:
    """Return the table of dispute kinds by code."""
    return {matter.code: matter for matter in (await db.scalars(select(Matter))).all()}


async def notice_by_version(db: AsyncSession, version: str) -> NoticeText | None:
    """Return a wording of the notice, or None."""
    return await db.get(NoticeText, version)


async def card_names(db: AsyncSession, sessions: Sequence[Session]) -> Names:
    """Return the names that the cards of these sessions need."""
    places = {session.station_id for session in sessions}
    stations = select(Station.id, Station.name).where(Station.id.in_(places))
    return Names(
        stations={row.id: row.name for row in await db.execute(stations)},
        matters={row.code: row.name for row in await db.execute(select(Matter.code, Matter.name))},
        accounts=await account_names(db, {one.lawyer_id for one in sessions if one.lawyer_id}),
    )
