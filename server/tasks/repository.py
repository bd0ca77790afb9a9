"""The rows of tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from server.storage.engine import Transaction
from server.storage.schema import Account, Session, Task
from server.tasks.kinds import TaskKind
from signaling.moments import maybe_milliseconds

PAGE = 50


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with the names of its people, and its session's number where it is about one."""

    task: Task
    owner: str | None
    done_by: str | None
    number: str | None


async def open_task(
    db: Transaction,
    kind: TaskKind,
    subject: str,
    at: datetime,
    detail: Mapping[str, str | int | float] | None = None,
) -> Task:
    """Return the open task of this kind and subject, opened now if there was none.

    A ``detail`` replaces the older one. ``detail["text"]`` is a fixed sentence for people; the rest
    are codes and numbers: never a name or a word that somebody said.
    """
    found = await _open(db, kind, subject)
    if found is None:
        found = await _insert(db, kind, subject, at)
    if detail is not None:
        found.detail = dict(detail)
    return found


async def resolve_task(db: Transaction, kind: TaskKind, subject: str, at: datetime) -> bool:
    """End the open task of this kind and subject: its cause is gone. False: there was none."""
    done = await db.execute(
        update(Task)
        .where(Task.kind == kind, Task.subject == subject, Task.done_at.is_(None))
        .values(done_at=at)
        .returning(Task.id)
    )
    return done.first() is not None


async def _open(db: Transaction, kind: TaskKind, subject: str) -> Task | None:
    query = select(Task).where(Task.kind == kind, Task.subject == subject, Task.done_at.is_(None))
    return (await db.scalars(query)).first()


async def _insert(db: Transaction, kind: TaskKind, subject: str, at: datetime) -> Task:
    made = Task(kind=kind, subject=subject, detail={}, opened_at=at, outcome="")
    try:
        async with db.begin_nested():
            db.add(made)
    except IntegrityError:
        # Somebody opened it between our look and our word.
        found = await _open(db, kind, subject)
        if found is None:
            raise
        return found
    return made


async def task_by_id(db: Transaction, task_id: str) -> Task | None:
    """Return the task, locked until the transaction ends, or None."""
    query = select(Task).where(Task.id == task_id).with_for_update()
    return (await db.scalars(query)).first()


async def tasks(
    db: Transaction, *, done: bool, kind: TaskKind | None, number: int
) -> tuple[int, Sequence[TaskRow]]:
    """Return how many there are, and page ``number`` (from 1) of them.

    Open ones: the oldest first; ended ones: the last ended first.
    """
    conditions = _conditions(done, kind)
    total = await db.scalar(select(func.count()).select_from(Task).where(*conditions))
    owner, done_by = aliased(Account), aliased(Account)
    order = (Task.done_at.desc(), Task.id) if done else (Task.opened_at, Task.id)
    query = (
        select(Task, owner.name, done_by.name, Session.number)
        .outerjoin(owner, owner.id == Task.owner_id)
        .outerjoin(done_by, done_by.id == Task.done_by_id)
        .outerjoin(Session, Session.id == Task.subject)
        .where(*conditions)
        .order_by(*order)
        .offset((number - 1) * PAGE)
        .limit(PAGE)
    )
    return total or 0, [TaskRow(*row) for row in await db.execute(query)]


def _conditions(done: bool, kind: TaskKind | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Task.done_at.is_not(None) if done else Task.done_at.is_(None)
    ]
    if kind is not None:
        conditions.append(Task.kind == kind)
    return conditions


async def open_counts(db: Transaction) -> Mapping[str, int]:
    """Return how many tasks of each kind are open."""
    query = select(Task.kind, func.count()).where(Task.done_at.is_(None)).group_by(Task.kind)
    return {kind: int(count) for kind, count in await db.execute(query)}


def task_json(row: TaskRow) -> dict[str, Any]:
    """Return a task as the page shows it."""
    task = row.task
    return {
        "id": task.id,
        "kind": task.kind,
        "subject": task.subject,
        "number": row.number,
        "detail": task.detail,
        "opened_at": maybe_milliseconds(task.opened_at),
        "owner": {"id": task.owner_id, "name": row.owner} if task.owner_id else None,
        "taken_at": maybe_milliseconds(task.taken_at),
        "done_at": maybe_milliseconds(task.done_at),
        "done_by": row.done_by,
        "outcome": task.outcome,
    }
