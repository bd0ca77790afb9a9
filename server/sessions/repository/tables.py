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


async def stations_by_id(db: AsyncSession) -> dict[str, Station]:
    """Return all stations by id: there are a few dozen."""
    return {station.id: station for station in (await db.scalars(select(Station))).all()}


async def matters_by_code(db: AsyncSession) -> dict[str, Matter]:
    """Return the table of dispute kinds by code."""
    return {matter.code: matter for matter in (await db.scalars(select(Matter))).all()}


async def notice_by_version(db: AsyncSession, version: str) -> NoticeText | None:
    """Return a wording of the notice, or None."""
    return await db.get(NoticeText, version)


async def card_names(db: AsyncSession, sessions: Sequence[Session]) -> Names:
    """Return the names that the cards of these sessions need."""
    lawyers = {session.lawyer_id for session in sessions if session.lawyer_id}
    accounts = await accounts_by_id(db, lawyers)
    return Names(
        stations={key: one.name for key, one in (await stations_by_id(db)).items()},
        matters={key: one.name for key, one in (await matters_by_code(db)).items()},
        accounts={key: one.name for key, one in accounts.items()},
    )
