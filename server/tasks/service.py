"""Taking a task and ending it: who may, and what is noted of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from server.audit.actions import AuditAction
from server.audit.log import append
from server.storage.engine import Database, Transaction
from server.storage.schema import Task
from server.tasks import repository
from server.tasks.kinds import KINDS, TaskKind
from server.web.principal import Principal
from signaling.codec import Text
from signaling.errors import Conflict, NotFound


class TaskTaken(Conflict):
    """The page showed another owner than the task has by now."""

    code = "task_taken"
    message = "这件待办已由别人领取，请刷新后再看。"


class TaskDone(Conflict):
    """It has ended."""

    code = "task_done"
    message = "这件待办已经办结。"


class NotByHand(Conflict):
    """It ends when what it waits for is done."""

    code = "task_not_by_hand"
    message = "这类待办在相应页面处理完以后自动办结。"


@dataclass(frozen=True, slots=True)
class TakeTask:
    """Take a task from ``owner`` (an account's id), as the page showed it; empty: from nobody."""

    owner: Annotated[str, Text(32)] = ""


@dataclass(frozen=True, slots=True)
class EndTask:
    """End a task, saying what came of it."""

    outcome: Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class Tasks:
    """What the task routes call."""

    db: Database
    clock: Callable[[], datetime]

    async def listed(self, *, done: bool, kind: TaskKind | None, number: int) -> dict[str, Any]:
        """Return a page of tasks."""
        async with self.db.read() as db:
            total, rows = await repository.tasks(db, done=done, kind=kind, number=number)
        return {
            "total": total,
            "page": number,
            "size": repository.PAGE,
            "items": [repository.task_json(row) for row in rows],
        }

    async def take(self, principal: Principal, task_id: str, wanted: TakeTask) -> None:
        """Make it theirs. Raises TaskTaken when it is not whose the page said."""
        now = self.clock()
        async with self.db.write() as db:
            task = await _open(db, task_id)
            if (task.owner_id or "") != wanted.owner:
                raise TaskTaken
            task.owner_id, task.taken_at = principal.account_id, now
            _note(db, AuditAction.TASK_TAKEN, now, principal, task)

    async def end(self, principal: Principal, task_id: str, wanted: EndTask) -> None:
        """End it with a word. Raises TaskTaken when it is somebody else's, NotByHand by kind."""
        now = self.clock()
        async with self.db.write() as db:
            task = await _open(db, task_id)
            if not KINDS[TaskKind(task.kind)].by_hand:
                raise NotByHand
            if task.owner_id not in {None, principal.account_id}:
                raise TaskTaken
            task.owner_id = principal.account_id
            task.taken_at = task.taken_at or now
            task.done_at, task.done_by_id = now, principal.account_id
            task.outcome = wanted.outcome
            _note(db, AuditAction.TASK_DONE, now, principal, task)


async def _open(db: Transaction, task_id: str) -> Task:
    task = await repository.task_by_id(db, task_id)
    if task is None:
        raise NotFound
    if task.done_at is not None:
        raise TaskDone
    return task


def _note(
    db: Transaction, action: AuditAction, now: datetime, principal: Principal, task: Task
) -> None:
    detail = {"kind": task.kind, "about": task.subject}
    append(db, action, now, principal.account_id, subject=task.id, detail=detail)
