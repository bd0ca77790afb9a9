"""Asking each question through the service, and the time until its answer."""

import logging
import time
from datetime import UTC, datetime
from pathlib import Path

from server.review.filters import search_query
from server.review.service import Review
from server.storage.engine import Database
from tests.bench.search.archive import RARE_LAWYER
from tests.bench.search.questions import QUESTIONS, Question

log = logging.getLogger(__name__)

WARM, ROUNDS = 2, 5


async def p95_ms(url: str) -> float:
    """The 95th percentile over all questions of the time for an answer, in milliseconds."""
    db = Database(url)
    review = Review(db, Path(), lambda: datetime.now(UTC))
    await _check(review)
    taken = []
    for question in QUESTIONS:
        times = [await _ask(review, question) for _ in range(WARM + ROUNDS)][WARM:]
        log.info("%8.1f ms  %s", max(times), question)
        taken += times
    await db.close()
    return sorted(taken)[int(len(taken) * 0.95)]


async def _ask(review: Review, question: Question) -> float:
    begun = time.perf_counter()
    await review.search(search_query(question))
    return (time.perf_counter() - begun) * 1000


async def _check(review: Review) -> None:
    """What is measured must be answers: two-character words are found, filters hold."""
    for question in ({"q": "宅基"}, {"q": "水车"}, {"q": "建议", "lawyer": RARE_LAWYER}):
        answer = await review.search(search_query(question))
        if not answer["items"]:
            raise RuntimeError(f"nothing is found for {question}")
