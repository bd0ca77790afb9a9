"""Months as words of the index: a search of a part of the archive, for PostgreSQL.

Its full-text index knows no order, and its planner takes words that stand together for independent.
Asked for the newest of many hits it would read them all, or walk the archive where there are none.
With months as words, the newest months are asked first, and only as many as it takes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.review.repository.index import moment_of, month_word

_ENDS = text(
    "SELECT (SELECT min(position) FROM session_search), (SELECT max(position) FROM session_search)"
)
NARROW = 12
"""A span of more months narrows too little to be worth their words; the positions bound it."""
_FIRST_WINDOW = 1
_GROWTH = 3

Month = tuple[int, int]


async def months_of(
    db: AsyncSession, since: datetime | None, before: datetime | None
) -> list[Month]:
    """Return the months in which sessions were requested, within a span, newest first."""
    oldest, newest = (await db.execute(_ENDS)).one()
    if oldest is None:
        return []
    first, last = moment_of(oldest), moment_of(newest)
    first = max(first, since.astimezone(UTC)) if since else first
    last = min(last, before.astimezone(UTC)) if before else last
    return list(_months(first, last))


def words_of_months(months: list[Month]) -> tuple[str, ...]:
    """Return the words of which a session of these months has one."""
    return tuple(month_word(year, month) for year, month in months)


def windows(months: list[Month]) -> Iterator[list[Month]]:
    """Cut months, newest first, into windows that grow."""
    size, at = _FIRST_WINDOW, 0
    while at < len(months):
        yield months[at : at + size]
        at += size
        size *= _GROWTH


def _months(first: datetime, last: datetime) -> Iterator[Month]:
    month = (last.year, last.month)
    while month >= (first.year, first.month):
        yield month
        month = (month[0], month[1] - 1) if month[1] > 1 else (month[0] - 1, 12)
