"""Views for the live wire: computed from the database, the common part once for all pages."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from server.sessions.ice import IceServers
from server.sessions.repository import appointments, asked
from server.sessions.views import Common, common_of, renewed, rota_view, view_of
from server.storage.engine import Database, Transaction
from server.web.principal import Principal
from signaling.rights import Role

FRESH = timedelta(seconds=0.2)
"""A common part is good for this long: whoever's page shows an older one is shown the next."""

_SHOW_IT = frozenset({Role.MEDIATOR, Role.LAWYER})

ROTA_FRESH = timedelta(seconds=30)

JUST_NOW = timedelta(seconds=30)
"""Whose ring has ended so lately may still see it."""


class LiveViews:
    """Whole views, whom a change is about, and the common part; what server.live.hub asks for."""

    def __init__(self, db: Database, clock: Callable[[], datetime], ice: IceServers) -> None:
        self._db = db
        self._clock = clock
        self._ice = ice
        self._common: tuple[datetime, Common] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._rota: tuple[datetime, dict[str, Any]] | None = None

    async def whole(self, principal: Principal) -> Mapping[str, Any]:
        """Compute everything that somebody's page shows."""
        now = self._clock()
        async with self._db.read() as read:
            common = await self._fresh(read, now) if principal.role in _SHOW_IT else None
            return await view_of(read, principal, now, self._ice, common)

    async def about(self, sessions: Collection[str]) -> Collection[str]:
        """Return the accounts whose pages these sessions are about.

        Ids with a mark before them are of appointments and of calls to stations.
        """
        async with self._db.read() as read:
            lately = self._clock() - JUST_NOW
            beside = {one for one in sessions if "/" in one}
            found = [await asked.people_of(read, one, lately) for one in set(sessions) - beside]
            if beside:
                found.append(await appointments.people_beside(read, beside))
        return set().union(*found)

    async def _fresh(self, read: Transaction, now: datetime) -> Common:
        async with self._one_at_a_time:
            if self._common is None or now - self._common[0] > FRESH:
                self._common = now, await self._compute(read, now)
            return self._common[1]

    async def _compute(self, read: Transaction, now: datetime) -> Common:
        if self._rota is None or now - self._rota[0] > ROTA_FRESH:
            self._rota = now, await rota_view(read, now)
        return await common_of(read, now, self._rota[1])

    async def common(self) -> Common:
        """Compute what many pages show alike, as it is now."""
        now = self._clock()
        async with self._db.read() as read:
            self._common = now, await self._compute(read, now)
        return self._common[1]

    def renewed(
        self, view: Mapping[str, Any], principal: Principal, common: object
    ) -> Mapping[str, Any] | None:
        """Return a view with the common part as it is now; None: it says the same already."""
        assert isinstance(common, Common)
        return renewed(view, principal, common, self._clock())
