"""Appointments and calls to stations, as the pages concerned show them (PROTOCOL.md)."""

from collections.abc import Sequence
from typing import Any

from server.sessions import repository
from server.sessions.repository import appointments as rows
from server.storage.engine import Transaction
from server.storage.schema import Appointment, StationCall
from signaling.appointment import DOORS
from signaling.moments import maybe_milliseconds

View = dict[str, Any]


async def appointments_view(db: Transaction, found: Sequence[Appointment]) -> list[View]:
    """Return appointments as both sides see them; what it is about only the lawyer's page asks."""
    if not found:
        return []
    people = await repository.account_names(db, [one.lawyer_id for one in found])
    places = await rows.station_names(db, {one.station_id for one in found})
    matters = await repository.matters_by_code(db)
    return [
        {
            "id": one.id,
            "state": one.state.value,
            "starts_at": maybe_milliseconds(one.starts_at),
            "ends_at": maybe_milliseconds(one.ends_at),
            "doors_at": maybe_milliseconds(one.starts_at - DOORS),
            "lawyer": {"id": one.lawyer_id, "name": people.get(one.lawyer_id, "")},
            "station": {"id": one.station_id, "name": places.get(one.station_id, "")},
            "kind": one.kind.value,
            "matter": {"code": one.matter_code, "name": _name(matters, one.matter_code)},
        }
        for one in found
    ]


async def stations_appointments(db: Transaction, found: Sequence[Appointment]) -> list[View]:
    """Return a station's, with what goes on then of an earlier day."""
    views = await appointments_view(db, found)
    return [
        view | {"continues": await repository.goes_on_at(db, one)}
        for view, one in zip(views, found, strict=True)
    ]


async def lawyers_appointments(db: Transaction, found: Sequence[Appointment]) -> list[View]:
    """Return a lawyer's own, with what they are about."""
    views = await appointments_view(db, found)
    return [view | {"about": one.about} for view, one in zip(views, found, strict=True)]


async def station_call_view(db: Transaction, row: StationCall | None) -> View | None:
    """Return a call that rings at a station, for either side."""
    if row is None:
        return None
    lawyer = (await repository.accounts_by_id(db, {row.lawyer_id})).get(row.lawyer_id)
    places = await rows.station_names(db, {row.station_id})
    matters = await repository.matters_by_code(db)
    return {
        "id": row.id,
        "lawyer": {"name": lawyer.name, "firm": lawyer.firm} if lawyer else None,
        "station": {"id": row.station_id, "name": places.get(row.station_id, "")},
        "kind": row.kind.value,
        "matter": {"code": row.matter_code, "name": _name(matters, row.matter_code)},
        "rang_at": maybe_milliseconds(row.rang_at),
        "until": maybe_milliseconds(row.until),
        "auto_at": maybe_milliseconds(row.auto_at),
    }


def _name(matters: dict[str, Any], code: str) -> str:
    return matters[code].name if code in matters else ""
