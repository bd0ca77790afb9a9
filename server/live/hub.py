"""Who is connected to this process, and what they must be shown next.

A connection is only ever sent whole views, each newer than the last: however many changes happen
while one is being computed, one more view follows. So a slow screen costs one view, not a queue.

A change is shown at once to those it is about, and a little later to the others, whose pages show
only what is common: the queue, who is on duty. That part is computed once for all of them, so that
a call costs the same whether fifteen terminals are connected or two thousand.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol

from server.live.connections import Connection, Connections
from server.web.principal import Principal
from signaling.rights import Role

log = logging.getLogger(__name__)

View = Mapping[str, Any]

Show = Callable[[str, str, View], Awaitable[None]]
"""Send ``(connection, event, body)``."""

COALESCE_S = 0.01
AT_ONCE = 8
"""So many views are computed at a time: each holds a database connection meanwhile."""
AT_A_STRETCH = 20
LATER_S = 0.25
LATER_EACH_S = 0.0004
"""The others are shown the common part after LATER_S, so many at a stretch and each taking this
long: all at once, what 2,900 pages are sent and say to it kept a ring waiting for 60 ms."""
COMING_S = 400
"""So many pages a second may come back when this process ends; they are told beforehand."""
SPREAD_MS = 1000


class Views(Protocol):
    """What pages show; see server.sessions.views."""

    async def whole(self, principal: Principal) -> View:
        """Compute everything that somebody's page shows."""

    async def about(self, sessions: Collection[str]) -> Collection[str]:
        """Return the accounts whose pages these sessions are about."""

    async def common(self) -> object:
        """Compute what many pages show alike."""

    def renewed(self, view: View, principal: Principal, common: object) -> View | None:
        """Return a view with the common part as it is now; None: it says the same already."""


class Hub:
    """The connections of this process."""

    def __init__(self, views: Views, show: Show) -> None:
        self._views = views
        self._show = show
        self._connections = Connections()
        self._few = asyncio.Semaphore(AT_ONCE)
        self._changed: set[str] = set()
        self._everything = False
        self._common: tuple[int, object] = 0, None
        self._news = asyncio.Event()
        self._others = asyncio.Event()

    def open(self, connection: Connection) -> None:
        """Start pushing views to a connection."""
        self._connections.add(connection)
        connection.pushing = asyncio.create_task(self._push(connection))

    def close(self, connection_id: str) -> None:
        """Stop; unknown is fine."""
        connection = self._connections.remove(connection_id)
        if connection is not None and connection.pushing is not None:
            connection.pushing.cancel()

    def get(self, connection_id: str) -> Connection | None:
        """Return a connection, or None when it has gone."""
        return self._connections.get(connection_id)

    def connections(self) -> list[Connection]:
        """Return the connections of this moment."""
        return self._connections.every()

    def lawyers(self) -> set[str]:
        """Return the lawyers who have a page open here."""
        return {
            connection.principal.account_id
            for connection in self._connections.every()
            if connection.principal.role is Role.LAWYER
        }

    def changed(self, sessions: frozenset[str] | None) -> None:
        """Note that these sessions have changed; None: anything may have."""
        if sessions is None:
            self._everything = True
        else:
            self._changed |= sessions
        self._news.set()

    def acted(self, account_id: str) -> None:
        """Note that this person has done something: all their pages here are shown it at once."""
        for connection in self._connections.of([account_id]):
            connection.stale.set()

    async def run(self) -> None:
        """Tell those whom changes are about at once, and the others a little later."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tell_concerned())
            tasks.create_task(self._tell_others())

    async def quality(self, session: str, peers: View) -> None:
        """Show a session's connection quality to those in it: of whom each has been shown."""
        for connection in self._connections.showing([session]):
            if connection.shown is not None:
                body = {"session": session, "peers": _of_those_beside(connection.shown, peers)}
                await self._show(connection.id, "quality", body)

    async def pointed(self, session: str, told: View) -> None:
        """Show where somebody points at a shared page to those whom the relay names.

        Both must agree: the relay on who is in that circle now, the page's view on whom it knows.
        """
        spot = {"session": session, "participant": told["peer"], "x": told["x"], "y": told["y"]}
        for connection in self._connections.showing([session]):
            if connection.shown is None:
                continue
            people = connection.shown["session"]["participants"]
            me = next((one["id"] for one in people if one["me"]), None)
            known = any(one["id"] == told["peer"] and one["beside"] for one in people)
            if known and me in told["to"]:
                await self._show(connection.id, "point", spot)

    async def view(self, connection: Connection) -> View:
        """Compute the connection's view and remember which session it shows."""
        async with connection.turn:
            return await self._view(connection)

    async def _view(self, connection: Connection) -> View:
        begun, _ = self._common
        async with self._few:
            view = await self._views.whole(connection.principal)
        number, common = self._common
        if number > begun:
            view = self._views.renewed(view, connection.principal, common) or view
        view, connection.common = self._with_spread(view), number
        session = view.get("session")
        self._connections.shows(connection, session["id"] if session else None)
        connection.shown = view
        return view

    def _with_spread(self, view: View) -> View:
        """Add over how many milliseconds these pages shall spread if this process goes."""
        return {**view, "spread": max(SPREAD_MS, len(self._connections) * 1000 // COMING_S)}

    async def _tell_concerned(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(COALESCE_S)
            self._news.clear()
            sessions, self._changed = self._changed, set()
            everything, self._everything = self._everything, False
            await self._mark(sessions, everything)
            self._others.set()

    async def _mark(self, sessions: Collection[str], everything: bool) -> None:
        try:
            people = frozenset(await self._views.about(sessions)) if sessions else frozenset()
        except Exception:
            # The database may be away: everybody is shown their view when it is back.
            log.exception("live.audience_failed")
            everything, people = True, frozenset()
        if everything:
            concerned = set(self._connections.every())
        else:
            concerned = self._connections.showing(sessions) | self._connections.of(people)
        for connection in concerned:
            connection.stale.set()

    async def _tell_others(self) -> None:
        while True:
            await self._others.wait()
            await asyncio.sleep(LATER_S)
            self._others.clear()
            try:
                self._common = self._common[0] + 1, await self._views.common()
            except Exception:
                log.exception("live.common_failed")
                self._others.set()
                continue
            await self._renew_all()

    async def _renew_all(self) -> None:
        number, common = self._common
        for n, connection in enumerate(self.connections(), start=1):
            if n % AT_A_STRETCH == 0:
                await asyncio.sleep(AT_A_STRETCH * LATER_EACH_S)
            if connection.stale.is_set() or connection.shown is None:
                continue  # a newer view than this one is on its way
            if connection.common >= number:
                continue  # or was shown since this round began
            view = self._views.renewed(connection.shown, connection.principal, common)
            if view is not None:
                connection.shown = view = self._with_spread(view)
                await self._show(connection.id, "view", view)

    async def _push(self, connection: Connection) -> None:
        while True:
            await connection.stale.wait()
            connection.stale.clear()
            try:
                async with connection.turn:
                    view = await self._view(connection)
                    await self._show(connection.id, "view", view)
            except Exception:
                # The database may be away; the page keeps its last view and is shown the next one.
                log.exception("live.push_failed")
                await asyncio.sleep(1.0)
                connection.stale.set()


def _of_those_beside(view: View, peers: View) -> View:
    """Keep the figures of those whom the page's own view shows in its circle.

    An id alone would tell somebody in the lobby, or in another circle, that a person is there.
    """
    beside = {one["id"] for one in view["session"]["participants"] if one["beside"]}
    return {peer: figures for peer, figures in peers.items() if peer in beside}
