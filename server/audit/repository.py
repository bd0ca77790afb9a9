"""Reading the audit log."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from server.audit.actions import AuditAction
from server.audit.log import AuditFilter
from server.storage.engine import Transaction
from server.storage.schema import Account, Audit

PAGE = 50
Entry = tuple[Audit, Account | None]
"""An entry and the account that did it."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of entries, newest first, each with the account that did it."""

    total: int
    entries: Sequence[Entry]


async def page(db: Transaction, wanted: AuditFilter, number: int) -> AuditPage:
    """Return page ``number`` (from 1), at most ``PAGE`` entries."""
    conditions = _conditions(wanted)
    total = await db.scalar(select(func.count()).select_from(Audit).where(*conditions))
    return AuditPage(total or 0, await _entries(db, wanted, (number - 1) * PAGE, PAGE))


async def newest(db: Transaction, wanted: AuditFilter, most: int) -> Sequence[Entry]:
    """Return at most so many entries, newest first."""
    return await _entries(db, wanted, 0, most)


async def _entries(
    db: Transaction, wanted: AuditFilter, offset: int, limit: int
) -> Sequence[Entry]:
    query = (
        select(Audit, Account)
        .outerjoin(Account, Audit.actor_id == Account.id)
        .where(*_conditions(wanted))
        .order_by(Audit.at.desc(), Audit.id)
        .offset(offset)
        .limit(limit)
    )
    return [(entry, actor) for entry, actor in await db.execute(query)]


async def entries_since(
    db: Transaction, actions: Collection[AuditAction], subjects: Collection[str], since: datetime
) -> Sequence[Audit]:
    """Return what was done, of these actions, to any of these subjects, since then."""
    query = select(Audit).where(
        Audit.action.in_(actions), Audit.subject.in_(subjects), Audit.at > since
    )
    return (await db.scalars(query)).all()


async def actors(db: Transaction) -> Sequence[Account]:
    """Return everybody whom the log names, by name."""
    named = select(Audit.actor_id).where(Audit.actor_id.is_not(None)).distinct()
    query = select(Account).where(Account.id.in_(named)).order_by(Account.name)
    return (await db.scalars(query)).all()


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.action is not None:
        conditions.append(Audit.action == wanted.action)
    if wanted.actor_id is not None:
        conditions.append(Audit.actor_id == wanted.actor_id)
    if wanted.since is not None:
        conditions.append(Audit.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Audit.at < wanted.until)
    return conditions
