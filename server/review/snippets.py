"""Where the words of a search stand in a text, quoted from the original."""

from dataclasses import dataclass

from server.review.words import fold_with_origin

_BEFORE = 16
_LENGTH = 90


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a quotation; ``hit`` pieces are what was searched for."""

    text: str
    hit: bool

    def as_json(self) -> dict[str, object]:
        return {"text": self.text, "hit": self.hit}


def quote(texts: list[str], chunks: list[str]) -> list[Piece]:
    """Quote the first text that holds a chunk, from shortly before it; else the first text's start.

    ``chunks`` are folded (words.chunks_of). Returns no piece when there is nothing to quote.
    """
    for text in texts:
        if hits := find(text, chunks):
            return _around(text, hits)
    start = next((text for text in texts if text.strip()), "")
    return _around(start, []) if start else []


def find(text: str, chunks: list[str]) -> list[tuple[int, int]]:
    """Return the spans of the original text that hold a chunk: in order, merged, half open."""
    folded = fold_with_origin(text)
    spans: list[tuple[int, int]] = []
    for chunk in chunks:
        at = folded.text.find(chunk)
        while at >= 0:
            last = at + len(chunk) - 1
            spans.append((folded.origin[at], folded.origin[last] + 1))
            at = folded.text.find(chunk, last + 1)
    return _merged(sorted(spans))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _around(text: str, hits: list[tuple[int, int]]) -> list[Piece]:
    first = max(hits[0][0] - _BEFORE, 0) if hits else 0
    last = min(max(first + _LENGTH, hits[0][1] if hits else 0), len(text))
    pieces = [Piece("…", False)] if first else []
    at = first
    for start, end in hits:
        if start >= last:
            break
        pieces += [Piece(text[at:start], False), Piece(text[start : min(end, last)], True)]
        at = min(end, last)
    tail = text[at:last] + ("…" if last < len(text) else "")
    return [piece for piece in (*pieces, Piece(tail, False)) if piece.text]
