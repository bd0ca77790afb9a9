"""Whom to ring, and until when: the stated rule, as a pure function.

1. Longest free first, one lawyer for ``each`` seconds, then the next.
2. When every free lawyer (or ``singles`` of them) has been rung once: all that are free, together,
   for ``together`` seconds.
3. Then: nobody answers. The people choose to wait on, a call-back, or 12348.

With nobody free the session waits in the queue; after ``patience`` seconds the people are asked
too. A lawyer is rung for one session at a time; who declined a session is not rung for it again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule's numbers, in seconds (``singles``: lawyers)."""

    each: float = 15.0
    together: float = 30.0
    patience: float = 120.0
    singles: int = 3


@dataclass(frozen=True, slots=True)
class FreeLawyer:
    """Somebody on duty, present and not in a call; ``since`` when (Unix seconds)."""

    id: str
    since: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session in the queue and its ringing so far, in this attempt.

    ``attempt_at``: when this attempt began (the request, or 'keep waiting').
    """

    attempt_at: float
    rung: Collection[str] = ()
    declined: Collection[str] = ()
    rang_all: bool = False


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring these, until then; ``everyone`` marks the last round."""

    lawyers: tuple[str, ...]
    until: float
    everyone: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nobody can be rung now; look again when something changes, at the latest then."""

    until: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody answers: ask the people."""


Step = Ring | Wait | GiveUp


def next_step(rule: Rule, waiting: Waiting, free: Sequence[FreeLawyer], now: float) -> Step:
    """Tell what to do next for a session whose last ring, if any, has ended."""
    candidates = sorted(
        (lawyer for lawyer in free if lawyer.id not in waiting.declined),
        key=lambda lawyer: (lawyer.since, lawyer.id),
    )
    if waiting.rang_all:
        return GiveUp()
    unrung = [lawyer for lawyer in candidates if lawyer.id not in waiting.rung]
    if unrung and len(waiting.rung) < rule.singles:
        return Ring((unrung[0].id,), now + rule.each)
    if candidates:
        return Ring(tuple(lawyer.id for lawyer in candidates), now + rule.together, everyone=True)
    return _nobody_free(rule, waiting, now)


def _nobody_free(rule: Rule, waiting: Waiting, now: float) -> Step:
    deadline = waiting.attempt_at + rule.patience
    return Wait(deadline) if now < deadline else GiveUp()
