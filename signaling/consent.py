"""Consent (同意): may the people in a room be recorded, and what covered each recorded second.

Sources: 个人信息保护法 art. 14-16 (voluntary, can be withdrawn, no refusal of service), 29
(separate consent), 31 (guardians of minors); 人民调解法 art. 20 (the lawyer's presence), 23 and 24
(notice of rights and duties).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What somebody agrees to or refuses."""

    RIGHTS = "rights"  # 权利义务告知: has been told
    LAWYER_PRESENCE = "lawyer_presence"  # 值班律师参加
    RECORDING = "recording"  # 录音录像
    PERSONAL_DATA = "personal_data"  # 个人信息处理


class How(StrEnum):
    """How the answer was given."""

    TAP = "tap"  # on one's own screen, or on the terminal's
    SPOKEN = "spoken"  # aloud, noted by the mediator


STOPPING_S = 2.0
"""A withdrawal takes effect at once; what is on its way to the disk is at most this long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer about the recording: by whom, yes or no, at which unix time; ``id`` names it."""

    id: str
    who: str
    given: bool
    at: float


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` to ``end``, unix seconds."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody was in the room."""

    who: str
    span: Span


@dataclass(frozen=True, slots=True)
class Covered:
    """A recorded span with somebody in it, and the answer that covers it; None: nothing does."""

    who: str
    span: Span
    answer: Answer | None


def agreed(present: Iterable[str], answers: Iterable[Answer]) -> bool:
    """Tell whether each of those present has said yes, and not taken it back."""
    given = latest(answers)
    return all(given.get(who, False) for who in present)


def latest(answers: Iterable[Answer]) -> dict[str, bool]:
    """Return everybody's newest answer; of two answers of one moment the no counts."""
    in_order = sorted(answers, key=lambda one: (one.at, not one.given))
    return {answer.who: answer.given for answer in in_order}


def coverage(
    recorded: Sequence[Span], present: Sequence[Presence], answers: Sequence[Answer]
) -> list[Covered]:
    """Return, for every recorded span and everybody in it, the consent that covers it.

    A span is cut where an answer changes it. An answer that takes consent back counts from
    ``STOPPING_S`` after it was given, one that gives it from the moment itself.
    """
    found = []
    for presence in present:
        own = _that_count([one for one in answers if one.who == presence.who])
        for span in recorded:
            found += _cut(presence.who, _overlap(span, presence.span), own)
    return [one for one in found if one.span.end > one.span.start]


def _that_count(answers: Sequence[Answer]) -> list[Answer]:
    """Return them in order, without a no that was taken back before it began to count."""
    in_order = sorted(answers, key=lambda one: (one.at, not one.given))
    return [
        one
        for place, one in enumerate(in_order)
        if all(_counts_from(one) <= _counts_from(later) for later in in_order[place + 1 :])
    ]


def _overlap(one: Span, other: Span) -> Span:
    return Span(max(one.start, other.start), min(one.end, other.end))


def _cut(who: str, span: Span, answers: Sequence[Answer]) -> list[Covered]:
    begins = [(span.start, None), *((_counts_from(one), one) for one in answers)]
    ends = [start for start, _ in begins[1:]] + [float("inf")]
    pieces = []
    for (start, answer), end in zip(begins, ends, strict=True):
        piece = _overlap(span, Span(start, end))
        given = answer is not None and answer.given
        pieces.append(Covered(who, piece, answer if given else None))
    return pieces


def _counts_from(answer: Answer) -> float:
    return answer.at if answer.given else answer.at + STOPPING_S


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans as a union: sorted, without overlaps."""
    union: list[Span] = []
    for span in sorted(spans, key=lambda one: one.start):
        if union and span.start <= union[-1].end:
            union[-1] = Span(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return union
