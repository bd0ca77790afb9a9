"""What can be tapped as a reason, and what a rating holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from signaling.codec import Between, Many, Text


class Reason(StrEnum):
    """Why somebody was content, or not."""

    CLEAR = "clear"
    PATIENT = "patient"
    QUICK = "quick"
    SOLVED = "solved"
    UNCLEAR = "unclear"
    RUSHED = "rushed"
    WAITED = "waited"
    TECHNICAL = "technical"
    UNSOLVED = "unsolved"


LABELS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.CLEAR: "讲得明白",
        Reason.PATIENT: "态度耐心",
        Reason.QUICK: "接通很快",
        Reason.SOLVED: "问题有了办法",
        Reason.UNCLEAR: "没听明白",
        Reason.RUSHED: "说得太急",
        Reason.WAITED: "等得太久",
        Reason.TECHNICAL: "声音画面不好",
        Reason.UNSOLVED: "问题没解决",
    }
)
CONTENT = frozenset({Reason.CLEAR, Reason.PATIENT, Reason.QUICK, Reason.SOLVED})
"""Offered to those who are content; the others to those who are not."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A rating, from 1 (非常不满意) to 5 (非常满意). ``replaces``: one's own of just now."""

    score: Annotated[int, Between(1, 5)]
    why: Annotated[tuple[Reason, ...], Many(len(Reason))] = ()
    words: Annotated[str, Text(200)] = ""
    replaces: Annotated[str, Text(32)] = ""
