"""The rows of the roster."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import delete, or_, select

from server.storage.engine import Transaction
from server.storage.schema import Account, DutyPeriod, RosterEntry, RosterSwap
from signaling.rights import Role
from signaling.roster import Entry, Swap


async def entries(db: Transaction, first: date, last: date) -> Sequence[RosterEntry]:
    """Return the weekly lines and those of the days from ``first`` to ``last``."""
    query = select(RosterEntry).where(
        or_(RosterEntry.day.is_(None), RosterEntry.day.between(first, last))
    )
    order = (RosterEntry.weekday, RosterEntry.day, RosterEntry.start, RosterEntry.id)
    return (await db.scalars(query.order_by(*order))).all()


async def agreed_swaps(db: Transaction, first: date, last: date) -> Sequence[RosterSwap]:
    """Return the swaps that count on those days, in the order in which they were agreed."""
    query = select(RosterSwap).where(
        RosterSwap.state == "agreed", RosterSwap.day.between(first, last)
    )
    return (await db.scalars(query.order_by(RosterSwap.answered_at, RosterSwap.id))).all()


def as_entry(row: RosterEntry) -> Entry:
    """Return a row as the pure roster knows it."""
    return Entry(row.lawyer_id, row.kind, row.start, row.end, row.weekday, row.day)


def as_swap(row: RosterSwap) -> Swap:
    """Return a row as the pure roster knows it."""
    return Swap(row.giver_id, row.taker_id, row.day, row.start, row.end)


async def in_use(db: Transaction) -> bool:
    """Tell whether the district keeps a roster at all."""
    return (await db.scalars(select(RosterEntry.id).limit(1))).first() is not None


async def remove_entry(db: Transaction, entry_id: str) -> bool:
    """Take a line away; tell whether it was there."""
    removal = delete(RosterEntry).where(RosterEntry.id == entry_id).returning(RosterEntry.id)
    return (await db.scalars(removal)).first() is not None


async def swap_locked(db: Transaction, swap_id: str) -> RosterSwap | None:
    """Return a swap, locked until the transaction ends; None: there is none."""
    return await db.get(RosterSwap, swap_id, with_for_update=True)


async def swaps_of(db: Transaction, lawyer_id: str, since: date) -> Sequence[RosterSwap]:
    """Return the swaps that this lawyer asked for or was asked for, from a day on."""
    mine = or_(RosterSwap.giver_id == lawyer_id, RosterSwap.taker_id == lawyer_id)
    query = select(RosterSwap).where(mine, RosterSwap.day >= since)
    return (await db.scalars(query.order_by(RosterSwap.day, RosterSwap.start))).all()


async def lawyers(db: Transaction) -> Sequence[Account]:
    """Return the lawyers who can sign in, by name."""
    query = select(Account).where(Account.role == Role.LAWYER, Account.active.is_(True))
    return (await db.scalars(query.order_by(Account.name, Account.username))).all()


async def names(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Return people's names by id."""
    query = select(Account.id, Account.name).where(Account.id.in_(set(ids)))
    return {row.id: row.name for row in await db.execute(query)}


# Hours that were served.


async def open_period(db: Transaction, lawyer_id: str) -> DutyPeriod | None:
    """Return the period that has not ended, if any."""
    query = select(DutyPeriod).where(DutyPeriod.lawyer_id == lawyer_id, DutyPeriod.off_at.is_(None))
    return (await db.scalars(query)).first()


async def periods(
    db: Transaction, since: datetime, until: datetime, lawyer_id: str | None = None
) -> Sequence[DutyPeriod]:
    """Return the periods that reach into a span, the earliest first."""
    query = select(DutyPeriod).where(
        DutyPeriod.on_at < until, or_(DutyPeriod.off_at.is_(None), DutyPeriod.off_at > since)
    )
    if lawyer_id is not None:
        query = query.where(DutyPeriod.lawyer_id == lawyer_id)
    return (await db.scalars(query.order_by(DutyPeriod.on_at))).all()
