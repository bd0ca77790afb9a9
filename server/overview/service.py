"""The overview's question and its answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from server.overview import repository
from server.overview.counting import by_end, by_kind, by_station, by_week, waiting
from server.overview.repository import Span
from server.storage.engine import Database
from signaling.errors import ProtocolError
from signaling.session import IN_ROOM, WAITING

CHINA = timezone(timedelta(hours=8))
USUAL = timedelta(weeks=12)
LONGEST = timedelta(days=731)

Feedback = Callable[[datetime, datetime, str | None], Awaitable[Mapping[str, Any]]]
"""The sums of ratings of a span: since, until, station."""


@dataclass(frozen=True, slots=True)
class Question:
    """``first`` to ``last``, both days included; a station's id or None for all."""

    first: date
    last: date
    station: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What the routes call."""

    db: Database
    clock: Callable[[], datetime]
    feedback: Feedback

    def question(self, first: date | None, last: date | None, station: str | None) -> Question:
        """Complete what was asked: the last twelve weeks; raises ProtocolError ``bad_query``."""
        end = last or self.clock().astimezone(CHINA).date()
        begin = first or end - USUAL + timedelta(days=1)
        if not timedelta(0) <= end - begin <= LONGEST:
            raise ProtocolError("bad_query", "from/to")
        return Question(begin, end, station)

    async def answer(self, asked: Question) -> dict[str, Any]:
        """Return every plot's figures."""
        span = Span(_start(asked.first), _start(asked.last + timedelta(days=1)), asked.station)
        sqlite = self.db.sqlite
        async with self.db.read() as read:
            rows = await repository.counts(read, span, sqlite=sqlite)
            waits = await repository.waits(read, span, sqlite=sqlite)
            names = {one.id: one.name for one in await repository.stations(read)}
        return {
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "total": sum(row.count for row in rows),
            "weeks": by_week(rows, asked.first, asked.last),
            "stations": by_station(rows, names),
            "kinds": by_kind(rows),
            "ends": by_end(rows),
            "waiting": waiting(waits),
            "feedback": await self.feedback(span.since, span.until, span.station),
        }

    async def now(self) -> dict[str, int]:
        """Return what goes on at this moment: talks, and people who wait."""
        async with self.db.read() as read:
            counts = await repository.now_open(read, IN_ROOM | WAITING)
        return {
            "talking": sum(counts.get(state, 0) for state in IN_ROOM),
            "waiting": sum(counts.get(state, 0) for state in WAITING),
        }

    async def stations(self) -> list[dict[str, str]]:
        """Return the stations to choose from."""
        async with self.db.read() as read:
            return [{"id": one.id, "name": one.name} for one in await repository.stations(read)]


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA).astimezone(UTC)
