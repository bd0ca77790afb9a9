"""What the service has stored, read from its SQLite file beside it."""

import sqlite3
from pathlib import Path
from typing import Any


def rows(data: Path, sql: str, *values: object) -> list[dict[str, Any]]:
    """Return the rows of a query as dictionaries; the file is only read."""
    with sqlite3.connect(f"file:{data / 'yuntiao.db'}?mode=ro", uri=True) as db:
        db.row_factory = _dictionary
        return db.execute(sql, values).fetchall()


def one_session(data: Path) -> dict[str, Any]:
    """Return the only session there is."""
    (session,) = rows(data, "SELECT * FROM session")
    return session


def events(data: Path, kind: str) -> list[dict[str, Any]]:
    """Return the log's entries of one type."""
    return rows(data, "SELECT * FROM event WHERE type = ? ORDER BY seq", kind)


def _dictionary(cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
