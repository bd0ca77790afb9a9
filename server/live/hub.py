"""Who is connected to this process, and what they must be shown next.

A connection is only ever sent whole views, each newer than the last: however many changes happen
while one is being computed, one more view follows. So a slow screen costs one view, not a queue.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.web.principal import Principal
from signaling.rights import Role

log = logging.getLogger(__name__)

Show = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]
"""Send ``(connection, event, body)``."""

ViewOf = Callable[[Principal], Awaitable[Mapping[str, Any]]]

COALESCE_S = 0.03


@dataclass(slots=True)
class Connection:
    """One page's socket."""

    id: str
    principal: Principal
    cookies: Mapping[str, str]
    stale: asyncio.Event = field(default_factory=asyncio.Event)
    session: str | None = None
    pushing: "asyncio.Task[None] | None" = None


class Hub:
    """The connections of this process."""

    def __init__(self, view_of: ViewOf, show: Show) -> None:
        self._view_of = view_of
        self._show = show
        self._connections: dict[str, Connection] = {}

    def open(self, connection: Connection) -> None:
        """Start pushing views to a connection."""
        self._connections[connection.id] = connection
        connection.pushing = asyncio.create_task(self._push(connection))

    def close(self, connection_id: str) -> None:
        """Stop; unknown is fine."""
        connection = self._connections.pop(connection_id, None)
        if connection is not None and connection.pushing is not None:
            connection.pushing.cancel()

    def get(self, connection_id: str) -> Connection | None:
        """Return a connection, or None when it has gone."""
        return self._connections.get(connection_id)

    def connections(self) -> list[Connection]:
        """Return the connections of this moment."""
        return list(self._connections.values())

    def lawyers(self) -> set[str]:
        """Return the lawyers who have a page open here."""
        return {
            connection.principal.account_id
            for connection in self._connections.values()
            if connection.principal.role is Role.LAWYER
        }

    def changed(self, _sessions: frozenset[str] | None) -> None:
        """Show everybody here their view anew: desks show the queue, terminals who is on duty."""
        for connection in self._connections.values():
            connection.stale.set()

    async def quality(self, session: str, peers: Mapping[str, Any]) -> None:
        """Show a session's connection quality to those in it."""
        for connection in list(self._connections.values()):
            if connection.session == session:
                body = {"session": session, "peers": peers}
                await self._show(connection.id, "quality", body)

    async def view(self, connection: Connection) -> Mapping[str, Any]:
        """Compute the connection's view and remember which session it shows."""
        view = await self._view_of(connection.principal)
        session = view.get("session")
        connection.session = session["id"] if session else None
        return view

    async def _push(self, connection: Connection) -> None:
        while True:
            await connection.stale.wait()
            await asyncio.sleep(COALESCE_S)
            connection.stale.clear()
            try:
                await self._show(connection.id, "view", await self.view(connection))
            except Exception:
                # The database may be away; the page keeps its last view and is shown the next one.
                log.exception("live.push_failed")
                await asyncio.sleep(1.0)
                connection.stale.set()
