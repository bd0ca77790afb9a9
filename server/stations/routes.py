"""The stations page and its API: list, enrolment codes, terminals' names, revocation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web

from server.accounts.terminals import Terminals
from server.stations.repository import StationRow, TerminalRow, stations
from server.storage.engine import Database
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.codec import Text
from signaling.moments import milliseconds
from signaling.rights import Action


@dataclass(frozen=True, slots=True)
class TerminalName:
    """What a terminal is to be called; empty: nothing in particular."""

    name: Annotated[str, Text(40)]


def routes(db: Database, clock: Callable[[], datetime], terminals: Terminals) -> list[Route]:
    """/admin/stations, /api/stations and what is done there."""

    async def show(request: web.Request) -> web.StreamResponse:
        somebody = principal(request)
        return request.app[RENDERER].page(
            "admin_stations.html", me=somebody, boot={"csrf": somebody.csrf}
        )

    async def listed(_request: web.Request) -> web.StreamResponse:
        async with db.read() as read:
            rows = await stations(read, clock())
        return web.json_response({"items": [_item(row) for row in rows]})

    async def make_code(request: web.Request) -> web.StreamResponse:
        code = await terminals.make_code(id_in_path(request, "id"), principal(request).account_id)
        return web.json_response(
            {"code": code.text, "until": milliseconds(code.expires_at)}, status=201
        )

    async def rename(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, TerminalName)
        await terminals.rename(id_in_path(request, "id"), body.name, principal(request).account_id)
        return web.Response(status=204)

    async def revoke(request: web.Request) -> web.StreamResponse:
        await terminals.revoke(id_in_path(request, "id"), principal(request).account_id)
        return web.Response(status=204)

    return [
        route("GET", "/admin/stations", show, Action.MANAGE_STATIONS),
        route("GET", "/api/stations", listed, Action.MANAGE_STATIONS),
        route("POST", "/api/stations/{id}/enrolments", make_code, Action.MANAGE_STATIONS),
        route("PUT", "/api/terminals/{id}", rename, Action.MANAGE_STATIONS),
        route("DELETE", "/api/terminals/{id}", revoke, Action.MANAGE_STATIONS),
    ]


def _item(row: StationRow) -> dict[str, Any]:
    return {
        "id": row.station.id,
        "code": row.station.code,
        "name": row.station.name,
        "town": row.station.town,
        "phone": row.station.phone,
        "centre": row.station.centre,
        "villages": row.villages,
        "mediators": list(row.mediators),
        "terminals": [_terminal(one) for one in row.terminals],
    }


def _terminal(row: TerminalRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "enrolled_at": milliseconds(row.enrolled_at),
        "seen_at": milliseconds(row.seen_at) if row.seen_at else None,
        "signed_in": row.signed_in,
    }
