"""Appending to the audit log and reading it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.audit.actions import AuditAction
from server.storage.schema import Account, Audit

PAGE = 50


def append(
    db: AsyncSession,
    action: AuditAction,
    at: datetime,
    actor_id: str | None = None,
    subject: str = "",
    detail: Mapping[str, str | int] | None = None,
) -> None:
    """Add an entry to the caller's transaction.

    ``subject`` is the id of what it was done to. ``detail`` holds codes and numbers: never a
    name, a telephone number or a word that somebody said; the one text in it is the purpose that
    whoever opened a recording has stated.
    """
    db.add(
        Audit(action=action, at=at, actor_id=actor_id, subject=subject, detail={**(detail or {})})
    )


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted, ``since`` ≤ at < ``until``; None leaves a question open."""

    action: AuditAction | None = None
    actor_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filter as SQL conditions."""
        conditions: list[ColumnElement[bool]] = []
        if self.action is not None:
            conditions.append(Audit.action == self.action)
        if self.actor_id is not None:
            conditions.append(Audit.actor_id == self.actor_id)
        if self.since is not None:
            conditions.append(Audit.at >= self.since)
        if self.until is not None:
            conditions.append(Audit.at < self.until)
        return conditions


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of entries, newest first, each with the account that did it."""

    total: int
    entries: Sequence[tuple[Audit, Account | None]]


async def page(db: AsyncSession, wanted: AuditFilter, number: int) -> AuditPage:
    """Return page ``number`` (from 1), at most ``PAGE`` entries."""
    conditions = wanted.conditions()
    total = await db.scalar(select(func.count()).select_from(Audit).where(*conditions))
    query = (
        select(Audit, Account)
        .outerjoin(Account, Audit.actor_id == Account.id)
        .where(*conditions)
        .order_by(Audit.at.desc(), Audit.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    entries = [(entry, actor) for entry, actor in await db.execute(query)]
    return AuditPage(total or 0, entries)


async def actors(db: AsyncSession) -> Sequence[Account]:
    """Return everybody whom the log names, by name."""
    named = select(Audit.actor_id).where(Audit.actor_id.is_not(None)).distinct()
    query = select(Account).where(Account.id.in_(named)).order_by(Account.name)
    return (await db.scalars(query)).all()
