"""Somebody waits too long: an alarm that is a task, with an owner, until they wait no longer."""

from collections.abc import Callable
from datetime import datetime, timedelta

from server.dispatch import repository_wall
from server.storage.engine import Database
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task

LONG = timedelta(seconds=60)
"""Four times what the service level allows."""

LOOK_EVERY_S = 5.0
_TEXT = "当事人等候律师已超过 1 分钟，请安排律师接听。"


class Alarms:
    """Opens and ends the alarms of the desk; every web process may look, the table keeps one."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def look(self) -> None:
        """Compare who waits with what is open; writes only where they differ."""
        now = self._clock()
        async with self._db.read() as read:
            late = {one.id for one in await repository_wall.waiting_since_before(read, now - LONG)}
            known = set(await repository_wall.alarmed(read))
        if late == known:
            return
        async with self._db.write() as write:
            for session in sorted(late - known):
                await open_task(write, TaskKind.WAITING_LONG, session, now, {"text": _TEXT})
            for session in sorted(known - late):
                await resolve_task(write, TaskKind.WAITING_LONG, session, now)
