"""The leases of lawyers whose pages are open at this process, and when absence can be believed."""

from collections.abc import Callable, Collection
from datetime import datetime

from server.sessions import repository
from server.sessions.duty import LEASE
from server.storage.engine import Database

RENEW_EVERY = LEASE / 3
"""One lost renewal must not free a lawyer."""


class Leases:
    """Renewed as long as the database answers; one a process.

    While it does not, all leases run out, and when it is back everybody on duty seems to have gone,
    until every process has renewed. A process knows that much of itself: when its own ran out.
    """

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        lawyers: Callable[[], Collection[str]],
    ) -> None:
        self._db = db
        self._clock = clock
        self._lawyers = lawyers
        self._until: datetime | None = None
        self._unbroken_since = clock()

    async def renew(self) -> None:
        """Keep the duty of whoever has a page open here; nobody is also an answer."""
        now = self._clock()
        async with self._db.write() as db:
            await repository.renew_leases(db, self._lawyers(), now + LEASE)
        if self._ran_out(now):
            self._unbroken_since = now
        self._until = now + LEASE

    async def renew_what_ran_out(self) -> None:
        """Renew before anybody looks who is there, if no renewal has come through for too long."""
        if self._ran_out(self._clock()):
            await self.renew()

    def believed_from(self) -> datetime:
        """Return from when on a lease that has run out means that its lawyer has gone.

        The other processes, and pages that look for another one, have had as long as a lease.
        """
        return self._unbroken_since + LEASE

    def _ran_out(self, now: datetime) -> bool:
        return self._until is None or self._until <= now
