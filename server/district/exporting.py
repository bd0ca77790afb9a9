"""What the database holds, as the CSV files that import reads: out and in again changes nothing."""

import csv
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from io import StringIO
from types import MappingProxyType
from typing import Any

from server.district import repository
from server.district.columns import FILES
from server.storage.engine import Transaction
from server.storage.schema import Station

EVERYTHING: Mapping[str, Callable[[Transaction], Awaitable[Mapping[str, Any]]]] = MappingProxyType(
    {
        "stations.csv": repository.stations_by_code,
        "villages.csv": repository.villages_by_code,
        "matters.csv": repository.matters_by_code,
        "people.csv": repository.accounts_by_username,
    }
)
MARK = "\ufeff"  # tells Excel that the file is UTF-8


async def export(db: Transaction, file: str) -> str:
    """Return one of ``FILES`` with everything that the database has of its kind."""
    stations = await repository.stations_by_code(db)
    columns = [column.name for column in FILES[file].columns]
    lines = StringIO()
    writer = csv.DictWriter(lines, columns)
    writer.writeheader()
    for one in await _rows(db, file):
        writer.writerow(cells_of(file, one, stations))
    return MARK + lines.getvalue()


async def _rows(db: Transaction, file: str) -> Iterable[Any]:
    if file == "notices.csv":
        return await repository.notices(db)
    found = await EVERYTHING[file](db)
    return [found[key] for key in sorted(found)]


def cells_of(file: str, one: Any, stations: Mapping[str, Station]) -> dict[str, str]:
    """Return a row's cells by column; ``stations`` by code."""
    cells = {}
    for column in FILES[file].columns:
        if column.name == "station":
            cells["station"] = _code_of(one.station_id, stations)
        elif column.name == "parent":
            cells["parent"] = one.parent_code or ""
        else:
            cells[column.name] = cell(getattr(one, column.name))
    return cells


def cell(value: object) -> str:
    """Return a value as import reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _code_of(station_id: str | None, stations: Mapping[str, Station]) -> str:
    return next((code for code, one in stations.items() if one.id == station_id), "")
