"""Putting the synthetic archive into a database, in bulk: the service itself adds row by row."""

import itertools
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from server.review.index_schema import create_statements
from server.storage.engine import Database
from server.storage.migrate import upgrade
from server.storage.schema import Account, Matter, Station
from signaling.rights import Role
from tests.bench.search.archive import FIRST, LAWYERS, MATTERS, MEDIATOR, STATIONS, Archive, Row

_CHUNK = 20_000
_SESSION = (
    *("id", "number", "kind", "matter_code", "facts", "station_id", "mediator_id", "lawyer_id"),
    *("state", "recording", "seq", "requested_at", "attempt_at", "recording_at"),
    *("reason", "media_epoch"),
)
_ADVICE = (
    *("id", "session_id", "author_id", "at", "matter_code", "advice", "legal_basis"),
    *("bring", "next_step"),
)
_SQLITE_INDEX = "INSERT INTO session_search (rowid, session_id, text, words) VALUES (?, ?, ?, ?)"
_FTS_SETTING = "INSERT INTO session_search (session_search, rank) VALUES (?, ?)"


async def fill_sqlite(path: Path, url: str, count: int) -> float:
    """Build the archive in a new file; return the seconds it took."""
    begun = time.perf_counter()
    await _prepare(url)
    into = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
        into.execute(f"PRAGMA {pragma}")
    # A larger buffer while building: fewer pieces of the index to merge.
    into.execute(_FTS_SETTING, ("hashsize", 256 << 20))
    into.execute("BEGIN")
    for rows in _chunks(Archive(count)):
        into.executemany(_insert("session", _SESSION), map(_plain, _sessions(rows)))
        into.executemany(_insert("advice", _ADVICE), map(_plain, _advice(rows, "[]")))
        into.executemany(
            _SQLITE_INDEX,
            ((row.position, row.session.id, row.text, " ".join(row.words)) for row in rows),
        )
    into.execute("COMMIT")
    into.execute(_FTS_SETTING, ("hashsize", 1 << 20))
    into.execute("ANALYZE session")
    into.execute("PRAGMA journal_mode=WAL")
    into.close()
    return time.perf_counter() - begun


async def fill_postgresql(url: str, count: int) -> float:
    """Build the archive in an empty database; return the seconds it took."""
    begun = time.perf_counter()
    await _prepare(url)
    into = await asyncpg.connect(url.replace("+asyncpg", ""))
    await into.execute("SET session_replication_role = replica")  # foreign keys are right as made
    await into.execute("SET maintenance_work_mem = '1GB'")
    await into.execute("DROP INDEX ix_session_search_words")
    await into.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_jsonb, decoder=bytes, format="binary"
    )
    for rows in _chunks(Archive(count)):
        await into.copy_records_to_table("session", records=_sessions(rows), columns=_SESSION)
        await into.copy_records_to_table("advice", records=_advice(rows, "[]"), columns=_ADVICE)
        await into.copy_to_table("session_search", source=_Lines(rows))
    await into.execute(create_statements("postgresql")[1])
    await into.execute("VACUUM ANALYZE session_search")
    await into.execute("ANALYZE")
    await into.close()
    return time.perf_counter() - begun


async def _prepare(url: str) -> None:
    """Make the tables, and the rows that sessions refer to."""
    db = Database(url)
    await upgrade(db)
    async with db.write() as write:
        for number, station in enumerate(STATIONS):
            write.add(Station(id=station, code=f"S{number}", name=f"第{number}工作站", town="某镇"))
        for code, parent in MATTERS:
            write.add(Matter(code=code, name=f"某类{code}", parent_code=parent))
            await write.flush()
        people = [(one, Role.LAWYER) for one in LAWYERS] + [(MEDIATOR, Role.MEDIATOR)]
        for account, role in people:
            write.add(_account(account, role))
    await db.close()


def _account(account: str, role: Role) -> Account:
    return Account(
        id=account,
        username=account,
        name=f"某{account[-4:]}",
        role=role,
        password_hash="-",
        created_at=FIRST,
    )


def _chunks(archive: Archive) -> Iterator[list[Row]]:
    rows = archive.rows()
    while chunk := list(itertools.islice(rows, _CHUNK)):
        yield chunk


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _sessions(rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        one = row.session
        yield (
            *(one.id, one.number, one.kind.value, one.matter_code, row.facts, one.station_id),
            *(one.mediator_id, one.lawyer_id, one.state.value, one.recording.value, 9),
            *(one.requested_at, one.requested_at, one.recording_at, "", 1),
        )


def _advice(rows: Iterable[Row], basis: str) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        one = row.session
        yield (
            *(one.id[::-1], one.id, one.lawyer_id, one.requested_at, one.matter_code),
            *(row.advice, basis, "", ""),
        )


def _plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Moments as SQLAlchemy writes them into SQLite."""
    return tuple(
        f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
        for value in values
    )


def _jsonb(text: str) -> bytes:
    return b"\x01" + text.encode()  # the version of the binary form


class _Lines:
    """Index rows as PostgreSQL's COPY reads them; words and texts hold no sign that it escapes."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows

    async def __aiter__(self) -> Any:
        for row in self._rows:
            words = " ".join(f"'{word}'" for word in row.words)
            text = row.text.replace("\n", "\\n")
            yield f"{row.position}\t{row.session.id}\t{text}\t{words}\n".encode()
