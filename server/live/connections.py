"""The pages connected to this process, found by who looks at them and by the session they show.

A change concerns a few of thousands of pages: nobody looks through all of them for those.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.web.principal import Principal


@dataclass(slots=True, eq=False)
class Connection:
    """One page's socket. ``stale``: its view must be computed anew; ``shown``: the last one.

    ``common``: the number of the common part that ``shown`` is at least as new as. ``turn``: held
    by whoever computes its view, so that no view follows a newer one.
    """

    id: str
    principal: Principal
    cookies: Mapping[str, str]
    stale: asyncio.Event = field(default_factory=asyncio.Event)
    session: str | None = None
    shown: Mapping[str, Any] | None = None
    common: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    pushing: "asyncio.Task[None] | None" = None


class Connections:
    """Every connection, and two indexes of them."""

    def __init__(self) -> None:
        self._every: dict[str, Connection] = {}
        self._by_account: dict[str, set[Connection]] = {}
        self._by_session: dict[str, set[Connection]] = {}

    def __len__(self) -> int:
        return len(self._every)

    def every(self) -> list[Connection]:
        """Return those of this moment."""
        return list(self._every.values())

    def get(self, connection_id: str) -> Connection | None:
        """Return a connection, or None when it has gone."""
        return self._every.get(connection_id)

    def of(self, accounts: Iterable[str]) -> set[Connection]:
        """Return the pages of these people."""
        return _among(self._by_account, accounts)

    def showing(self, sessions: Iterable[str]) -> set[Connection]:
        """Return the pages that show one of these sessions."""
        return _among(self._by_session, sessions)

    def add(self, connection: Connection) -> None:
        """Take one in."""
        self._every[connection.id] = connection
        _put(self._by_account, connection.principal.account_id, connection)
        if connection.session is not None:
            _put(self._by_session, connection.session, connection)

    def remove(self, connection_id: str) -> Connection | None:
        """Let one go; None when it has gone already."""
        connection = self._every.pop(connection_id, None)
        if connection is not None:
            _drop(self._by_account, connection.principal.account_id, connection)
            _drop(self._by_session, connection.session, connection)
        return connection

    def shows(self, connection: Connection, session: str | None) -> None:
        """Note which session a page shows from now on; one that has gone is noted nowhere."""
        if connection.session == session:
            return
        _drop(self._by_session, connection.session, connection)
        connection.session = session
        if session is not None and self._every.get(connection.id) is connection:
            _put(self._by_session, session, connection)


def _among(index: Mapping[str, Collection[Connection]], keys: Iterable[str]) -> set[Connection]:
    return set().union(*(index.get(key, ()) for key in keys))


def _put(index: dict[str, set[Connection]], key: str, connection: Connection) -> None:
    index.setdefault(key, set()).add(connection)


def _drop(index: dict[str, set[Connection]], key: str | None, connection: Connection) -> None:
    if key in index:
        index[key].discard(connection)
        if not index[key]:
            del index[key]
