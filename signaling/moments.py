"""Moments as they travel: milliseconds of unix time."""

from datetime import datetime


def milliseconds(moment: datetime) -> int:
    """Return unix time in milliseconds, rounded."""
    return round(moment.timestamp() * 1000)


def maybe_milliseconds(moment: datetime | None) -> int | None:
    """Return unix time in milliseconds, None for none."""
    return None if moment is None else milliseconds(moment)
