"""Appending to the audit log, and the question somebody asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.audit.actions import AuditAction
from server.storage.engine import Transaction
from server.storage.schema import Audit


def append(
    db: Transaction,
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
