"""Stretches of time as sorted rows of ``(start, end)``, unix seconds, that do not touch. Pure."""

from collections.abc import Iterable, Sequence

Span = tuple[float, float]
Spans = Sequence[Span]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return all of it, in order, joined where it overlaps or touches."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def both(one: Spans, other: Spans) -> list[Span]:
    """Return what lies in both."""
    return union((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def without(one: Spans, other: Spans) -> list[Span]:
    """Return what lies in ``one`` and not in ``other``."""
    left = list(union(one))
    for start, end in other:
        cut = [(a, min(b, start)) for a, b in left] + [(max(a, end), b) for a, b in left]
        left = union(cut)
    return left


def longer_than(spans: Spans, least: float) -> list[Span]:
    """Return those that are longer than ``least`` seconds."""
    return [(start, end) for start, end in spans if end - start > least]


def shrunk(spans: Spans, by: float) -> list[Span]:
    """Return each shortened at both ends by ``by`` seconds."""
    return union((start + by, end - by) for start, end in spans)


def seconds(spans: Spans) -> float:
    """Return how long they are together."""
    return sum(end - start for start, end in spans)
