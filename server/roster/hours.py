"""Hours of lawyers: planned by the roster, and served."""

from collections.abc import Iterable
from datetime import datetime

from server.storage.schema import DutyPeriod
from signaling.roster import Shift


def planned(shifts: Iterable[Shift]) -> dict[str, int]:
    """Return minutes of duty by lawyer; being the backup is none."""
    total: dict[str, int] = {}
    for one in shifts:
        if not one.standby:
            total[one.lawyer] = total.get(one.lawyer, 0) + one.end - one.start
    return total


def served(
    periods: Iterable[DutyPeriod], lawyer: str, begins: datetime, ends: datetime, now: datetime
) -> int:
    """Return the minutes of a lawyer's periods within a span; one that is open lasts until now."""
    spans = (
        min(one.off_at or now, ends) - max(one.on_at, begins)
        for one in periods
        if one.lawyer_id == lawyer
    )
    return sum(max(0, round(span.total_seconds() / 60)) for span in spans)
