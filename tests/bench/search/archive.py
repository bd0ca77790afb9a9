"""The rows of the synthetic archive, made one after the other from a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.review.repository.index import filter_words, position_of
from server.review.words import fold
from server.storage.schema import Session
from signaling.commands import SessionKind
from signaling.recording import RecordingState
from signaling.session import SessionState
from tests.bench.search import words
from tests.bench.search.words import Clause

SEED = 20261123
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2026, 11, 1, tzinfo=UTC)
STATIONS = [f"{number:032x}" for number in range(0xA000, 0xA010)]
CLOSED_STATION = STATIONS[-1]
"""Had sessions in the first months only: a filter whose hits all lie at the far end."""
LAWYERS = [f"{number:032x}" for number in range(0xB000, 0xB028)]
RARE_LAWYER = LAWYERS[-1]
MEDIATOR = f"{0xC000:032x}"
MATTERS: list[tuple[str, str | None]] = [
    *((parent, None) for parent in ("land", "family", "work", "trade")),
    *((f"{parent}.{n}", parent) for parent in ("land", "family", "work") for n in range(4)),
]


@dataclass(frozen=True)
class Row:
    """A session, its one advice entry, and its line in the index."""

    session: Session
    facts: str
    advice: str
    position: int
    text: str
    words: set[str]


class Archive:
    """Makes rows; the same for the same count."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._random = random.Random(SEED)
        self._disputes = words.dispute_clauses()
        self._history = words.history_clauses()
        self._advice = words.advice_clauses()
        self._rare = words.rare_clauses()

    def rows(self) -> Iterator[Row]:
        step = (END - FIRST) / self.count
        for number in range(self.count):
            yield self._row(number, FIRST + step * number)

    def _row(self, number: int, at: datetime) -> Row:
        choose = self._random.choice
        facts = [choose(self._disputes), choose(self._history)]
        if self._random.random() < words.MOST_RARE:
            facts.append(choose(self._rare))
        advice = [choose(self._advice), choose(self._advice)]
        session = self._session(number, at)
        text = f"{_joined(facts)}\n{_joined(advice)}"
        found_by = set[str]().union(*(one.words for one in (*facts, *advice)))
        return Row(
            session,
            _joined(facts),
            _joined(advice),
            position_of(at, session.id),
            fold(text),
            found_by | filter_words(session),
        )

    def _session(self, number: int, at: datetime) -> Session:
        some = self._random
        early = number < self.count // 50
        lawyer = RARE_LAWYER if some.random() < 0.0005 else some.choice(LAWYERS[:-1])
        recorded = some.random() < 0.8
        return Session(
            id=f"{number:08x}{some.getrandbits(96):024x}",
            number=f"{at:%Y%m%d}-{number % 1_000_000:06d}",
            kind=SessionKind.CONSULTATION if some.random() < 0.2 else SessionKind.MEDIATION,
            matter_code=some.choice(MATTERS)[0],
            station_id=some.choice(STATIONS if early else STATIONS[:-1]),
            mediator_id=MEDIATOR,
            lawyer_id=lawyer,
            state=SessionState.CLOSED,
            recording=RecordingState.CLOSED if recorded else RecordingState.DECLINED,
            requested_at=at,
            recording_at=at + timedelta(minutes=2) if recorded else None,
        )


def _joined(clauses: list[Clause]) -> str:
    return "，".join(one.text for one in clauses) + "。"
