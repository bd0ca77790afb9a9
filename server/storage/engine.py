"""The engine: one ``Database`` a process, short transactions, SQLite or PostgreSQL by URL."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm.exc import StaleDataError

Transaction = AsyncSession
"""An open transaction, as features pass it on."""

_GAVE_WAY = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


class GaveWay(Exception):
    """The database ended this transaction so that another one could go on."""


class Away(Exception):
    """The database does not answer; whether a commit that was under way was done is not known."""


_STOPPING = frozenset({"57P01", "57P02", "57P03"})  # shut down, crashed, not yet started
_CONNECT_S = 5.0
_DEAD_AFTER_S = 15
"""A line to the database that is silent for so long, although we asked, is given up."""
_LINES = 15
"""So many lines to PostgreSQL a process at most; they stay open, for each costs it a process."""
_STATEMENTS = 600
"""More than there are kinds of statements: PostgreSQL plans each once a line."""

LINE = "line"
"""Where a transaction keeps the driver's connection that it has until its end."""

WRITE_CONFLICTS = (StaleDataError, IntegrityError, GaveWay)
"""Another writer was first: read again, decide again."""


class Database:
    """Transactions on one database; ``sqlite``: one writer at a time, no SKIP LOCKED."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.engine = _sqlite(url) if self.sqlite else _postgresql(url)
        writing = self.engine.execution_options(immediate=True)
        self._read = async_sessionmaker(self._reading(), expire_on_commit=False, info={LINE: None})
        self._write = async_sessionmaker(writing, expire_on_commit=False, info={LINE: None})
        # SQLite's writers wait for one another by trying again and again; those of one process
        # wait in line instead. The database's own lock is what keeps them apart.
        self._in_line: AbstractAsyncContextManager[None] = (
            asyncio.Semaphore(1) if self.sqlite else nullcontext()
        )

    def _reading(self) -> AsyncEngine:
        # At PostgreSQL's own isolation each statement sees what is committed when it begins, with
        # or without BEGIN and ROLLBACK around them: two trips less for every page.
        return (
            self.engine
            if self.sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Open what only reads: on SQLite one state of all, on PostgreSQL each statement's own."""
        with _noticing_absence():
            async with self._read() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that commits if the block ends well."""
        try:
            with _noticing_absence():
                async with self._in_line, self._write.begin() as session:
                    yield session
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _GAVE_WAY:
                raise GaveWay from error
            raise

    async def ready(self) -> bool:
        """Tell whether the database answers; raise what the driver raises if it does not."""
        async with self.engine.connect() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar())

    async def close(self) -> None:
        """Give back every connection."""
        await self.engine.dispose()


@contextmanager
def _noticing_absence() -> Iterator[None]:
    """Tell a database that is gone from one that refuses: raise Away."""
    try:
        yield
    except (ConnectionError, TimeoutError, socket.gaierror, NoConnectionFree) as error:
        raise Away from error
    except DBAPIError as error:
        stopping = getattr(error.orig, "sqlstate", None) in _STOPPING
        if error.connection_invalidated or stopping or _told_of_the_end(error.orig):
            raise Away from error
        raise
    except Exception as error:
        if _told_of_the_end(error):
            raise Away from error
        raise


def _told_of_the_end(error: BaseException | None) -> bool:
    """Tell whether the server had announced its end on this line, which is not yet closed.

    The driver, which may not be installed, calls it an error of its own.
    """
    return type(error).__name__ == "InternalClientError"


def _postgresql(url: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=_LINES,
        max_overflow=0,
        # A few lines that do most of the work have planned its statements already.
        pool_use_lifo=True,
        connect_args={"timeout": _CONNECT_S, "prepared_statement_cache_size": _STATEMENTS},
    )
    event.listen(engine.sync_engine, "connect", _watch_line)
    event.listen(engine.sync_engine, "checkout", _is_open)
    return engine


def _is_open(connection: Any, _record: object, _proxy: object) -> None:
    # A server that went says so, and the driver has heard it. To ask first each time would be four
    # trips for every transaction; a line that dies without a word is Away for who was using it.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _watch_line(connection: Any, _record: object) -> None:
    """Have the kernel notice a peer that is gone without a word: nobody waits for it for ever."""
    line = connection.driver_connection._transport.get_extra_info("socket")
    if line is None or line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 5),
        ("TCP_KEEPINTVL", 5),
        ("TCP_KEEPCNT", 2),
        ("TCP_USER_TIMEOUT", _DEAD_AFTER_S * 1000),
    ):
        if hasattr(socket, name):  # not every system has all of them
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _sqlite(url: str) -> AsyncEngine:
    engine = create_async_engine(url, connect_args={"timeout": 15})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own implicit BEGIN comes too late to lock; _begin_sqlite says it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # Taking the write lock first keeps "read, then write" from deadlocking with another process.
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
