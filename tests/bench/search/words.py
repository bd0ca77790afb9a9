"""Synthetic Chinese: clauses of disputes and of advice, put together from short lists of our own.

Nothing here is a real case. A text is some clauses with commas between them; words never reach
over a comma, so that the words of a text are those of its clauses, which are cut only once.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from server.review.words import fold, words_of

_LISTS = {
    name: tuple(words.split())
    for name, _, words in (
        line.partition(":")
        for line in Path(__file__).with_name("lists.txt").read_text("utf8").splitlines()
    )
}
WHO, WHOM, ABOUT = _LISTS["who"], _LISTS["whom"], _LISTS["about"]
SINCE, DONE = _LISTS["since"], _LISTS["done"]
FIRST, LAW, RARE = _LISTS["first"], _LISTS["law"], _LISTS["rare"]
MOST_RARE = 0.002
"""What part of the sessions has one of the rare words."""


@dataclass(frozen=True)
class Clause:
    """A part of a text between commas, with the words it is found by."""

    text: str
    words: frozenset[str]


def clause(text: str) -> Clause:
    return Clause(text, frozenset(words_of(fold(text))))


def dispute_clauses() -> list[Clause]:
    return [clause(f"{who}与{whom}因{about}") for who, whom, about in _all(WHO, WHOM, ABOUT)]


def history_clauses() -> list[Clause]:
    return [clause(f"{since}{done}") for since, done in _all(SINCE, DONE)]


def advice_clauses() -> list[Clause]:
    numbers = range(3, 1260, 13)
    based = [clause(f"依照{law}第{number}条") for law, number in _all(LAW, numbers)]
    return based + [clause(f"建议{first}") for first in FIRST for _ in range(50)]


def rare_clauses() -> list[Clause]:
    return [clause(f"牵涉一处{word}") for word in RARE]


def _all(*lists: Iterable[object]) -> Iterable[tuple[object, ...]]:
    return itertools.product(*lists)
