"""Taking off duty whose browser has been gone for long."""

from collections.abc import Callable
from datetime import datetime, timedelta

from server.jobs import repository
from server.jobs.repository import Lapsed
from server.sessions.duty import LEASE
from server.storage.engine import Database

OFF_DUTY_AFTER = timedelta(minutes=10)


class Absences:
    """Looks twice, at least a lease apart, before it says of anybody that they have gone.

    While the database is away nobody's lease can be renewed, and this process does not know for how
    long it was: whose page is open has renewed by the second look.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._first_seen: dict[Lapsed, datetime] = {}

    async def end_dead_duty(self) -> None:
        """End the duty of whoever was gone at an earlier look, and is still."""
        now = self._clock()
        async with self._db.write() as write:
            gone = await repository.lapsed_before(write, now - OFF_DUTY_AFTER)
            for one in gone:
                if self._first_seen.get(one, now) <= now - LEASE:
                    await repository.end_lapsed_duty(write, one)
        self._first_seen = {one: self._first_seen.get(one, now) for one in gone}
