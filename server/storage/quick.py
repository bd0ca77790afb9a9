"""Questions that pages ask many times a second: put together once, asked with little effort.

The ORM makes of every row an object that could be changed and saved, and of every question a new
statement; most of a page's time went there. What is only shown comes from here as plain rows: on
PostgreSQL the statement, compiled when the program starts, goes straight to the driver.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_
from sqlalchemy.dialects.postgresql.asyncpg import dialect as postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from server.storage.engine import LINE, Away

R = TypeVar("R")

Convert = Callable[[Any], Any] | None

_POSTGRESQL: Any = postgresql()  # type: ignore[no-untyped-call]
_FLOAT8 = 701
"""PostgreSQL's number for the type of every Float here; other types do not look at it."""


def given(name: str) -> BindParameter[Any]:
    """Return the place in a question's statement for what is given under this name."""
    return bindparam(name, None)


def among(column: Any, values: Iterable[object]) -> ColumnElement[bool]:
    """Say that a column has one of these values; ``in_`` would be written anew each time."""
    return or_(*(column == one for one in sorted(values, key=str)))


class Question(Generic[R]):
    """A SELECT, asked with a value for each ``given`` of its statement.

    Rows have an attribute for each column, by its key; ``R`` is how they may be read, an entity
    for instance when all its columns are selected. They are never written back.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        compiled = statement.compile(dialect=_POSTGRESQL)
        self._text = str(compiled)
        self._values = [_value(compiled.binds[name]) for name in compiled.positiontup or ()]
        columns = statement.selected_columns
        self._row = _named(columns.keys())
        readers = [_reader(column.type) for column in columns]
        self._read = [(place, to) for place, to in enumerate(readers) if to is not None]

    async def all(self, db: AsyncSession, **values: object) -> Sequence[R]:
        """Return every row."""
        if db.get_bind().dialect.name == "sqlite":
            rows: Sequence[Any] = (await db.execute(self._statement, values)).all()
            return rows
        found = await self._fetch(db, values)
        return [self._as_row(record) for record in found]

    async def first(self, db: AsyncSession, **values: object) -> R | None:
        """Return the first row, or None."""
        return next(iter(await self.all(db, **values)), None)

    def _as_row(self, record: Any) -> Any:
        if not self._read:
            return self._row._make(record)
        values = list(record)
        for place, to in self._read:
            values[place] = to(values[place])
        return self._row._make(values)

    async def _fetch(self, db: AsyncSession, values: dict[str, object]) -> Sequence[Any]:
        line = await _line(db)
        try:
            found: Sequence[Any] = await line.fetch(
                self._text, *(value(values) for value in self._values)
            )
        except Exception as error:
            if line.is_closed():
                raise Away from error
            raise
        return found


async def _line(db: AsyncSession) -> Any:
    """Return the driver's own connection of this transaction."""
    if db.autoflush and (db.new or db.dirty or db.deleted):
        await db.flush()
    if db.info.get(LINE) is None:
        connection = await (await db.connection()).get_raw_connection()
        db.info[LINE] = connection.driver_connection
    return db.info[LINE]


def _named(names: Iterable[str]) -> Any:
    return namedtuple("Row", names)


def _value(bind: BindParameter[Any]) -> Callable[[dict[str, object]], object]:
    """Return what picks a parameter from the values given, or is the statement's own constant."""
    implemented: Any = bind.type.dialect_impl(_POSTGRESQL)
    to = implemented.bind_processor(_POSTGRESQL) or (lambda one: one)
    if not bind.unique:
        return lambda values: to(values[bind.key])
    constant = to(bind.value)
    return lambda _values: constant


def _reader(kind: TypeEngine[Any]) -> Convert:
    implemented: Any = kind.dialect_impl(_POSTGRESQL)
    to: Convert = implemented.result_processor(_POSTGRESQL, _FLOAT8)
    return to
