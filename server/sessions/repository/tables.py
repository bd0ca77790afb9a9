"""Names of people, places and kinds of dispute."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.quick import given
from server.storage.schema import (
    Account,
    Matter,
    NoticeText,
    Station,
)

_LOCK = select(Account.id).where(Account.id == given("account")).with_for_update(key_share=True)


async def accounts_by_id(db: AsyncSession, ids: Collection[str]) -> dict[str, Account]:
    """Return the named accounts by id."""
    query = select(Account).where(Account.id.in_(set(ids)))
    return {account.id: account for account in (await db.scalars(query)).all()}


async def lock_account(db: AsyncSession, account_id: str) -> None:
    """Make this person's commands wait for one another until the transaction ends."""
    await db.execute(_LOCK, {"account": account_id})


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
