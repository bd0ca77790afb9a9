"""Lines, shifts and swaps as the pages read them."""

from typing import Any

from server.roster import sheet
from server.storage.schema import RosterEntry, RosterSwap
from signaling.roster import Shift

Json = dict[str, Any]
Names = dict[str, str]
"""Accounts' names by their ids."""


def entry_json(row: RosterEntry, names: Names) -> Json:
    """Return a line."""
    return {
        "id": row.id,
        "lawyer": row.lawyer_id,
        "name": names.get(row.lawyer_id, ""),
        "kind": row.kind.value,
        "weekday": row.weekday,
        "day": row.day.isoformat() if row.day else None,
        "start": sheet.clock(row.start),
        "end": sheet.clock(row.end),
        "reason": row.reason,
    }


def shift_json(shift: Shift, names: Names) -> Json:
    """Return hours of one day."""
    return {
        "day": shift.day.isoformat(),
        "start": sheet.clock(shift.start),
        "end": sheet.clock(shift.end),
        "lawyer": shift.lawyer,
        "name": names.get(shift.lawyer, ""),
        "standby": shift.standby,
    }


def swap_json(row: RosterSwap, names: Names, me: str) -> Json:
    """Return a swap as ``me`` sees it."""
    return {
        "id": row.id,
        "giver": names.get(row.giver_id, ""),
        "taker": names.get(row.taker_id, ""),
        "mine": row.giver_id == me,
        "day": row.day.isoformat(),
        "start": sheet.clock(row.start),
        "end": sheet.clock(row.end),
        "state": row.state,
    }
