"""A world that is put back as it was: for tests that walk the same way thousands of times.

The database is a real SQLite in memory, used in this thread, and an earlier state of it is copied
back in a moment; the clock and who is known are put back beside it. Nothing is waited for.
"""

import sqlite3
from asyncio import Future
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiosqlite.core
import pytest

from server.storage.engine import Database
from server.web.principal import Principal
from tests.server.guests.lobby import Lobby

Job = tuple["Future[Any] | None", Callable[[], Any]]


class _AtOnce:
    """In place of the queue to a connection's thread: what is asked for is done here and now."""

    def put_nowait(self, job: Job) -> None:
        future, work = job
        try:
            done = work()
        except Exception as error:
            if future is not None:
                future.set_exception(error)
        else:
            if future is not None:
                future.set_result(done)


class _NoThread:
    def __init__(self, **_: object) -> None:
        self.daemon = True

    def start(self) -> None: ...


@asynccontextmanager
async def database_in_memory(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Database]:
    """A database like the template, of one connection and without a thread."""
    monkeypatch.setattr(aiosqlite.core, "SimpleQueue", _AtOnce)
    monkeypatch.setattr(aiosqlite.core, "Thread", _NoThread)
    db = Database("sqlite+aiosqlite:///:memory:")
    with closing(sqlite3.connect(template)) as source:
        source.backup(await _raw(db))
    try:
        yield db
    finally:
        await db.close()


async def _raw(db: Database) -> sqlite3.Connection:
    async with db.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert isinstance(driver, aiosqlite.Connection)
        return driver._conn


@dataclass
class World:
    """A lobby as it was at one moment."""

    lobby: Lobby
    _rows: sqlite3.Connection
    _now: datetime
    _people: dict[str, Principal]
    _known: dict[str, str]

    @classmethod
    async def as_it_is(cls, lobby: Lobby) -> "World":
        """Keep the present state."""
        rows, desk = sqlite3.connect(":memory:"), lobby.desk
        (await _raw(desk.db)).backup(rows)
        return cls(lobby, rows, desk.clock.now, dict(desk.people), dict(lobby.people))

    async def put_back(self) -> Lobby:
        """A lobby in the state that was kept; nothing that was done since is left."""
        desk = self.lobby.desk
        self._rows.backup(await _raw(desk.db))
        desk.clock.now, desk.people = self._now, dict(self._people)
        desk.told.clear()
        return replace(self.lobby, people=dict(self._known))

    def close(self) -> None:
        self._rows.close()
