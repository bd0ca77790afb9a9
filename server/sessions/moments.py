"""Moments as pages count them."""

from datetime import datetime


def millis(moment: datetime | None) -> int | None:
    """Return Unix milliseconds, as JavaScript counts time."""
    return None if moment is None else round(moment.timestamp() * 1000)
