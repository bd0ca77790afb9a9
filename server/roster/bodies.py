"""What may be said of the roster: lines, leave, swaps; and what is wrong with it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from server.roster import sheet
from signaling.codec import Text
from signaling.errors import UserError
from signaling.roster import EntryKind


class WrongLine(UserError):
    """A line of the roster cannot be kept as it is."""

    code = "wrong_line"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A line: ``day`` is 0..6 for every week (Monday first), or a date."""

    lawyer: Annotated[str, Text(32, 32)]
    kind: EntryKind
    day: Annotated[str, Text(10, 1)]
    start: Annotated[str, Text(5, 4)]
    end: Annotated[str, Text(5, 4)]
    reason: Annotated[str, Text(100)] = ""


@dataclass(frozen=True, slots=True)
class NewLeave:
    """A lawyer's own leave: the hours of a day."""

    day: Annotated[str, Text(10, 10)]
    reason: Annotated[str, Text(100, 1)]
    start: Annotated[str, Text(5, 4)] = "00:00"
    end: Annotated[str, Text(5, 4)] = "24:00"


@dataclass(frozen=True, slots=True)
class NewSwap:
    """Ask somebody to take these hours."""

    taker: Annotated[str, Text(32, 32)]
    day: Annotated[str, Text(10, 10)]
    start: Annotated[str, Text(5, 4)]
    end: Annotated[str, Text(5, 4)]


@dataclass(frozen=True, slots=True)
class SwapAnswer:
    """Yes or no; the asker's no takes it back."""

    agree: bool


def day_of(text: str) -> date:
    """Read a date; raises WrongLine."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongLine(None, "请选择日期。") from None


def span_of(start: str, end: str) -> tuple[int, int]:
    """Read hours of a day as minutes since midnight; raises WrongLine."""
    try:
        begins, ends = sheet.minutes(start), sheet.minutes(end)
    except ValueError as wrong:
        raise WrongLine(None, f"{wrong}。") from None
    if begins >= ends:
        raise WrongLine(None, "结束要晚于开始；跨过半夜的，请分成两行。")
    return begins, ends
