"""The search itself: from a checked query to the ids of a page of sessions, newest first.

Each word of the query narrows through the full-text index; that the words stand together as typed
is then read from the text. Both databases walk their index newest first and stop at a page.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from server.review.filters import MOST, PAGE_SIZE, SearchQuery
from server.review.repository.index import first_position
from server.review.words import words_to_ask
from server.storage.schema import Matter, Session


@dataclass(frozen=True, slots=True)
class Found:
    """A page of ids, and how many there are in all; ``more``: at least so many."""

    ids: list[str]
    total: int
    more: bool


async def find(db: AsyncSession, query: SearchQuery) -> Found:
    """Find the sessions that the query wants."""
    if query.chunks:
        wanted, newest_first = _by_words(query, sqlite=db.get_bind().dialect.name == "sqlite")
    else:
        wanted = select(Session.id).where(*_span(query))
        newest_first = [Session.requested_at.desc(), Session.id.desc()]
    wanted = wanted.where(*_narrowed(query))
    counted = select(func.count()).select_from(wanted.limit(MOST + 1).subquery())
    total = int(await db.scalar(counted) or 0)
    start = (query.page - 1) * PAGE_SIZE
    if start >= total:
        return Found([], min(total, MOST), total > MOST)
    page = wanted.order_by(*newest_first).limit(PAGE_SIZE).offset(start)
    return Found(list((await db.scalars(page)).all()), min(total, MOST), total > MOST)


def _by_words(query: SearchQuery, *, sqlite: bool) -> tuple[Select[str], list[ColumnElement[Any]]]:
    words = sorted({word for chunk in query.chunks for word in words_to_ask(chunk)})
    position = column("rowid" if sqlite else "position", BigInteger)
    index = table("session_search", position, column("session_id"), column("text"), column("words"))
    matching = _sqlite_match(words) if sqlite else _postgresql_match(index.c.words, words)
    wanted = (
        select(Session.id)
        .select_from(index.join(Session, Session.id == index.c.session_id))
        .where(matching)
        .where(*(_holds(index.c.text, chunk, sqlite=sqlite) for chunk in query.chunks))
    )
    if query.since:
        wanted = wanted.where(position >= first_position(query.since))
    if query.before:
        wanted = wanted.where(position < first_position(query.before))
    return wanted, [position.desc()]


def _sqlite_match(words: list[str]) -> ColumnElement[bool]:
    # Words are letters and digits only, so that quoting them is all the syntax there is.
    asked = " AND ".join(f'"{word}"' for word in words)
    return column("session_search").op("MATCH", is_comparison=True)(literal(asked))


def _postgresql_match(indexed: ColumnElement[Any], words: list[str]) -> ColumnElement[bool]:
    asked = " & ".join(f"'{word}'" for word in words)
    return indexed.op("@@", is_comparison=True)(cast(cast(asked, SqlText), TSQUERY))


def _holds(text: ColumnElement[Any], chunk: str, *, sqlite: bool) -> ColumnElement[bool]:
    place = func.instr(text, chunk) if sqlite else func.strpos(text, chunk)
    return place > 0


def _span(query: SearchQuery) -> list[ColumnElement[bool]]:
    bounds = []
    if query.since:
        bounds.append(Session.requested_at >= query.since)
    if query.before:
        bounds.append(Session.requested_at < query.before)
    return bounds


def _narrowed(query: SearchQuery) -> list[ColumnElement[bool]]:
    equal = (
        (Session.number, query.number),
        (Session.station_id, query.station),
        (Session.lawyer_id, query.lawyer),
        (Session.kind, query.kind),
    )
    bounds = [known == wanted for known, wanted in equal if wanted is not None]
    if query.matter:
        below = select(Matter.code).where(
            or_(Matter.code == query.matter, Matter.parent_code == query.matter)
        )
        bounds.append(Session.matter_code.in_(below))
    if query.recorded is not None:
        begun = Session.recording_at
        bounds.append(begun.is_not(None) if query.recorded else begun.is_(None))
    return bounds
