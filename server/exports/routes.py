"""Exports over HTTP."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from aiohttp import web

from server.exports.service import DecideExport, ExportKind, Exports, RequestExport
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.ranges import send_range
from server.web.routes import Route, route
from signaling.rights import Action

_CHUNK = 256 * 1024
_TYPES = {ExportKind.VIDEO: "video/mp4", ExportKind.BUNDLE: "application/zip"}


def routes(exports: Exports) -> list[Route]:
    """Return the routes of exports."""

    async def request_one(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, RequestExport)
        made = await exports.request(principal(request), id_in_path(request, "session"), wanted)
        return web.json_response(made, status=201)

    async def of_session(request: web.Request) -> web.StreamResponse:
        return web.json_response(await exports.of_session(id_in_path(request, "session")))

    async def file(request: web.Request) -> web.StreamResponse:
        export = id_in_path(request, "export")
        path, kind = await exports.fetch(principal(request), export)
        named = f'attachment; filename="{path.name}"'
        size = path.stat().st_size
        return await send_range(request, size, _TYPES[kind], partial(_read, path), named)

    async def decide(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, DecideExport)
        await exports.decide(principal(request), id_in_path(request, "export"), wanted)
        return web.Response(status=204)

    return [
        route("POST", "/api/exports/{export}/decision", decide, Action.APPROVE_EXPORT),
        route("POST", "/api/sessions/{session}/exports", request_one, Action.EXPORT_RECORDING),
        route("GET", "/api/sessions/{session}/exports", of_session, Action.READ_SESSION),
        route("GET", "/api/exports/{export}/file", file, Action.EXPORT_RECORDING),
    ]


def _read(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while first <= last and (chunk := file.read(min(_CHUNK, last + 1 - first))):
            first += len(chunk)
            yield chunk
