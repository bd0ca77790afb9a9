"""The whole database as lines of JSON, and back: from either kind of database into either.

    {"revision": "0010"}
    {"table": "station"}
    {…a row…}

A line says which step of the schema's history it was, then each table with its rows, in an order in
which they can be stored again. Search indexes are not in it: they are made of the rows.
"""

import base64
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, bindparam, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from server.storage.engine import Database
from server.storage.migrate import upgrade
from server.storage.schema import Base
from server.storage.types import Instant, Word

Row = dict[str, Any]
_BATCH = 500


class NotRestorable(Exception):
    """The dump cannot be loaded here; the message says why."""


async def dump(db: Database, path: Path) -> dict[str, int]:
    """Write every row, as of one moment, into a compressed file; rows by table. Raises OSError."""
    counts: dict[str, int] = {}
    with gzip.open(path, "xt", encoding="utf-8") as file:
        async with db.engine.connect() as plain:
            connection = await _snapshot(plain)
            revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            file.write(_line({"revision": revision}))
            for table in Base.metadata.sorted_tables:
                file.write(_line({"table": table.name}))
                counts[table.name] = 0
                async for row in _rows(connection, table):
                    file.write(_line(row))
                    counts[table.name] += 1
    return counts


async def load(db: Database, path: Path) -> dict[str, int]:
    """Store every row of a dump in a database that holds nothing; rows by table.

    All or nothing but the schema. Raises NotRestorable, OSError, ValueError.
    """
    async with db.engine.connect() as connection:
        if await connection.run_sync(lambda sync: inspect(sync).get_table_names()):
            raise NotRestorable("the database is not empty")
    await upgrade(db)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = (json.loads(line) for line in file)
        async with db.engine.begin() as connection:
            await _check_revision(connection, next(lines, {}))
            return await _load_tables(connection, lines)


async def _snapshot(connection: AsyncConnection) -> AsyncConnection:
    if connection.dialect.name == "sqlite":
        return connection  # a read transaction of SQLite sees one moment anyway
    return await connection.execution_options(isolation_level="REPEATABLE READ")


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[Row]:
    result = await connection.stream(select(table).order_by(*table.primary_key))
    async for row in result.mappings():
        yield {column.name: _plain(row[column]) for column in table.columns}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # moments too
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


async def _check_revision(connection: AsyncConnection, first: Row) -> None:
    here = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    if first.get("revision") != here:
        raise NotRestorable(
            f"the backup is of schema {first.get('revision')}, this release has {here}: "
            "restore with the release that made it, then upgrade"
        )


async def _load_tables(connection: AsyncConnection, lines: Iterator[Row]) -> dict[str, int]:
    for table in reversed(Base.metadata.sorted_tables):
        await connection.execute(table.delete())  # what the schema's history put there
    counts: dict[str, int] = {}
    later: list[tuple[Table, Row]] = []
    table, batch = None, list[Row]()
    for line in lines:
        if set(line) == {"table"}:
            await _store(connection, table, batch)
            table, batch = Base.metadata.tables[line["table"]], []
            counts[table.name] = 0
            continue
        assert table is not None
        batch.append(_typed(table, line, later))
        counts[table.name] += 1
        if len(batch) == _BATCH:
            await _store(connection, table, batch)
            batch = []
    await _store(connection, table, batch)
    await _point_back(connection, later)
    return counts


async def _store(connection: AsyncConnection, table: Table | None, batch: list[Row]) -> None:
    if table is not None and batch:
        await connection.execute(table.insert(), batch)


def _typed(table: Table, line: Row, later: list[tuple[Table, Row]]) -> Row:
    """The row to store; what points at a row of its own table, stored maybe later, is put aside."""
    row = {column.name: _value(column, line[column.name]) for column in table.columns}
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    aside = {name: row[name] for name in own if row[name] is not None}
    if aside:
        later.append((table, {key.name: row[key.name] for key in table.primary_key} | aside))
        row |= dict.fromkeys(aside)
    return row


def _value(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Word):
        return column.type.kind(value)
    python = column.type.python_type
    if python is bytes:
        return base64.b64decode(value)
    return date.fromisoformat(value) if python is date else value


async def _point_back(connection: AsyncConnection, later: list[tuple[Table, Row]]) -> None:
    for table, row in later:
        keys = {key.name for key in table.primary_key}
        query = table.update().values({name: row[name] for name in row if name not in keys})
        for name in keys:
            query = query.where(table.c[name] == bindparam(f"key_{name}"))
        await connection.execute(query, {f"key_{name}": row[name] for name in keys})


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
