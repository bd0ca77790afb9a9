"""Words of a Chinese text, made the same way for what is stored and for what is asked.

A text is folded (full-width to half-width, no case), then cut into runs: Chinese characters, or
letters and digits. A Chinese run gives its characters and its pairs of neighbours, because written
Chinese does not say where a word ends and most words have two characters; another run is a word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Unified ideographs with their extensions, compatibility ideographs, and the two signs 々 〇.
_HAN = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF), (0x3005, 0x3005), (0x3007, 0x3007))
# A lexeme of PostgreSQL holds 2 KiB; nobody searches for a longer word.
_LONGEST = 64
_MARK = "§"
_PLAIN = re.compile(r"[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; ``origin[n]`` is where its n-th character stood in the original."""

    text: str
    origin: tuple[int, ...]


def fold(text: str) -> str:
    """Fold a text: compatibility forms and case are gone."""
    return "".join(_fold_character(character) for character in text)


def fold_with_origin(text: str) -> Folded:
    """Fold a text and remember where each character came from."""
    pieces = [_fold_character(character) for character in text]
    origin = tuple(at for at, piece in enumerate(pieces) for _ in piece)
    return Folded("".join(pieces), origin)


def words_of(folded: str) -> set[str]:
    """Return every word under which a folded text can be found."""
    found: set[str] = set()
    for run in _runs(folded):
        if _is_han(run[0]):
            found.update(run)
            found.update(_pairs(run))
        else:
            found.add(run[:_LONGEST])
    return found


def chunks_of(query: str) -> list[str]:
    """Cut what somebody typed into folded chunks, each to be found as it stands, without repeats.

    A chunk may mix scripts (``第1260条``); blanks and punctuation part chunks.
    """
    return list(dict.fromkeys(_chunks(fold(query))))


def words_to_ask(chunk: str) -> set[str]:
    """Return the fewest words that a text must have to hold the chunk.

    They narrow the search; only the text itself tells whether they stand side by side.
    """
    asked: set[str] = set()
    for run in _runs(chunk):
        if not _is_han(run[0]):
            asked.add(run[:_LONGEST])
        else:
            asked.update(_pairs(run) if len(run) > 1 else run)
    return asked


def filter_word(field: str, value: str) -> str:
    """Return the word under which a session is found by one of its filters.

    No typed word is like it: those are letters and digits alone. SQLite's tokenizer cuts at ASCII
    punctuation and knows no case, so what is not plain goes in hexadecimal.
    """
    plain = _PLAIN.fullmatch(value)
    return f"{_MARK}{field}{value if plain else _MARK + value.encode().hex()}"


def _fold_character(character: str) -> str:
    # One by one, so that places can be traced back; what only combines across characters is rare.
    return unicodedata.normalize("NFKC", character).casefold()


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _is_han(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _HAN)


def _is_word(character: str) -> bool:
    # Letters, numbers and the marks that sit on letters (Tibetan, Uyghur).
    return unicodedata.category(character)[0] in "LNM"


def _chunks(folded: str) -> Iterator[str]:
    start = None
    for at, character in enumerate(folded):
        if _is_word(character):
            start = at if start is None else start
        elif start is not None:
            yield folded[start:at]
            start = None
    if start is not None:
        yield folded[start:]


def _runs(folded: str) -> Iterator[str]:
    for chunk in _chunks(folded):
        start = 0
        for at in range(1, len(chunk)):
            if _is_han(chunk[at]) != _is_han(chunk[at - 1]):
                yield chunk[start:at]
                start = at
        yield chunk[start:]
