"""The search itself: from a checked query to the ids of a page of sessions, newest first.

Words and filters narrow through the full-text index alone, so that a rare one makes a common one
cheap. Where a chunk needs more than one word, that they stand together as typed is then read from
the text. SQLite walks its index newest first and stops at a page; for PostgreSQL see months.py.
"""

from collections.abc import Sequence
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
    select,
    table,
    text,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from server.review.filters import MOST, PAGE_SIZE, SearchQuery
from server.review.repository.index import first_position, number_word
from server.review.repository.months import NARROW, months_of, windows, words_of_months
from server.review.words import filter_word, words_to_ask
from server.storage.schema import Matter, Session

Asked = list[tuple[str, ...]]
"""Of each group of words a session must have one at least."""


_PLAN_FOR_THESE_WORDS = text("SET LOCAL plan_cache_mode = force_custom_plan")
"""Or PostgreSQL keeps one plan for rare and common words alike, once it has seen a few."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of ids, and how many there are in all; ``more``: at least so many."""

    ids: list[str]
    total: int
    more: bool


async def find(db: AsyncSession, query: SearchQuery) -> Found:
    """Find the sessions that the query wants."""
    asked = await _asked(db, query)
    if not asked:
        wanted = select(Session.id).where(*_span(query))
        order = (Session.requested_at.desc(), Session.id.desc())
        return await _found(db, query, wanted, wanted.order_by(*order))
    if _is_sqlite(db):
        hits = _by_words(query, asked, sqlite=True)
        return await _found(db, query, hits, hits.order_by(text("rowid DESC")))
    return await _in_postgresql(db, query, asked)


async def _found(
    db: AsyncSession, query: SearchQuery, wanted: Select[Any], ordered: Select[Any]
) -> Found:
    total = await _count(db, wanted)
    start = (query.page - 1) * PAGE_SIZE
    if start >= total:
        return Found([], min(total, MOST), total > MOST)
    page = await db.scalars(ordered.limit(PAGE_SIZE).offset(start))
    return Found(list(page.all()), min(total, MOST), total > MOST)


async def _count(db: AsyncSession, wanted: Select[Any]) -> int:
    counted = select(func.count()).select_from(wanted.limit(MOST + 1).subquery())
    return int(await db.scalar(counted) or 0)


async def _in_postgresql(db: AsyncSession, query: SearchQuery, asked: Asked) -> Found:
    """Few hits are sorted; of many, the newest months are asked first."""
    await db.execute(_PLAN_FOR_THESE_WORDS)
    months = await months_of(db, query.since, query.before)
    if (query.since or query.before) and len(months) <= NARROW:
        asked = [*asked, words_of_months(months)]
    if not months:
        return Found([], 0, more=False)
    hits = _by_words(query, asked, sqlite=False)
    total = await _count(db, hits)
    if total <= MOST:
        return await _found(db, query, hits, _sorted(hits))
    ids: list[str] = []
    start, end = (query.page - 1) * PAGE_SIZE, query.page * PAGE_SIZE
    for window in windows(months):
        some = _by_words(query, [*asked, words_of_months(window)], sqlite=False)
        ids += (await db.scalars(_sorted(some).limit(end - len(ids)))).all()
        if len(ids) >= end:
            break
    return Found(ids[start:end], MOST, more=True)


def _sorted(hits: Select[Any]) -> Select[Any]:
    # Materialised: or the planner walks the archive by date in the hope of meeting hits early.
    found = hits.cte("hits").prefix_with("MATERIALIZED")
    return select(found.c.session_id).order_by(found.c.position.desc())


def _is_sqlite(db: AsyncSession) -> bool:
    return bool(db.get_bind().dialect.name == "sqlite")


async def _asked(db: AsyncSession, query: SearchQuery) -> Asked:
    """Return what the query asks for in words; nothing: a plain list."""
    asked: Asked = [(word,) for word in sorted({w for c in query.chunks for w in words_to_ask(c)})]
    recorded = None if query.recorded is None else "yes" if query.recorded else "no"
    for field, value in (
        ("n", query.number and number_word(query.number)),
        ("s", query.station),
        ("l", query.lawyer),
        ("k", query.kind and query.kind.value),
        ("r", recorded),
    ):
        if value is not None:
            asked.append((filter_word(field, value),))
    if query.matter is not None:
        codes = await _with_children(db, query.matter)
        asked.append(tuple(filter_word("m", code) for code in codes))
    return asked


async def _with_children(db: AsyncSession, matter: str) -> Sequence[str]:
    below = select(Matter.code).where(Matter.parent_code == matter).order_by(Matter.code)
    return [matter, *(await db.scalars(below)).all()]


def _by_words(query: SearchQuery, asked: Asked, *, sqlite: bool) -> Select[Any]:
    position = column("rowid" if sqlite else "position", BigInteger)
    index = table("session_search", position, column("session_id"), column("text"), column("words"))
    matching = _sqlite_match(asked) if sqlite else _postgresql_match(index.c.words, asked)
    together = [chunk for chunk in query.chunks if words_to_ask(chunk) != {chunk}]
    wanted = (
        select(index.c.session_id, position)
        .where(matching)
        .where(*(_holds(index.c.text, chunk, sqlite=sqlite) for chunk in together))
    )
    if query.since:
        wanted = wanted.where(position >= first_position(query.since))
    if query.before:
        wanted = wanted.where(position < first_position(query.before))
    return wanted


def _sqlite_match(asked: Asked) -> ColumnElement[bool]:
    # Words have no quotes in them, so that quoting them is all the syntax there is.
    groups = (" OR ".join(f'"{word}"' for word in group) for group in asked)
    written = " AND ".join(f"({group})" for group in groups)
    return column("session_search").op("MATCH", is_comparison=True)(literal(written))


def _postgresql_match(indexed: ColumnElement[Any], asked: Asked) -> ColumnElement[bool]:
    groups = (" | ".join(f"'{word}'" for word in group) for group in asked)
    written = " & ".join(f"({group})" for group in groups)
    return indexed.op("@@", is_comparison=True)(cast(cast(written, SqlText), TSQUERY))


def _holds(content: ColumnElement[Any], chunk: str, *, sqlite: bool) -> ColumnElement[bool]:
    place = func.instr(content, chunk) if sqlite else func.strpos(content, chunk)
    return place > 0


def _span(query: SearchQuery) -> list[ColumnElement[bool]]:
    bounds = []
    if query.since:
        bounds.append(Session.requested_at >= query.since)
    if query.before:
        bounds.append(Session.requested_at < query.before)
    return bounds
