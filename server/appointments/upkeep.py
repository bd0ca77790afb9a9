"""What time does: who has not come is missed, who was taken is kept, what rings too long ends.

Every web process may look; the rows are locked, so each is moved on once.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from server.sessions import booking, calling
from server.sessions.repository import appointments as rows
from server.sessions.service import Answer, Sessions
from server.sessions.turn import Turn
from server.storage.engine import Database

LOOK_EVERY_S = 2.0


class Upkeep:
    """Looks at the clock for appointments and for calls to stations."""

    def __init__(self, db: Database, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._sessions = sessions
        self._clock = clock

    async def look(self) -> None:
        """Move on everything that is due."""
        now = self._clock()
        async with self._db.read() as read:
            due = await rows.due_appointments(read, now)
            ringing = await rows.overdue_station_calls(read, now)
        for appointment in due:
            await self._sessions.transact(_on(booking.move_on, appointment))
        for call in ringing:
            await self._sessions.transact(_on(calling.time_out, call))


def _on(
    move: Callable[[Turn, str], Awaitable[None]], subject: str
) -> Callable[[Turn], Awaitable[Answer]]:
    async def work(turn: Turn) -> Answer:
        await move(turn, subject)
        return {}

    return work
