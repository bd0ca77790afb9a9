"""The roster's pages and API: the admin's whole table, the lawyer's own."""

from collections.abc import Callable
from datetime import date, datetime

from aiohttp import web

from server.roster.bodies import NewEntry, NewLeave, NewSwap, SwapAnswer
from server.roster.files import RosterFiles
from server.roster.plan import ZONE
from server.roster.service import LONGEST, Roster
from server.roster.swaps import Swaps
from server.storage.engine import Database
from server.web.asked import day_in_query, id_in_path
from server.web.bodies import read_bytes, read_message, whole_number
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.errors import NotFound
from signaling.rights import Action, Role

LARGEST = 1024 * 1024

Clock = Callable[[], datetime]


def routes(db: Database, clock: Clock) -> list[Route]:
    """/admin/roster, /desk/roster and /api/roster…"""
    return [
        route("GET", "/admin/roster", _admin_page, Action.MANAGE_ROSTER),
        route("GET", "/desk/roster", _desk_page, Action.KEEP_OWN_ROSTER),
        *_line_routes(Roster(db, clock), clock),
        *_swap_routes(Swaps(db, clock)),
        *_file_routes(RosterFiles(db, clock), clock),
    ]


async def _admin_page(request: web.Request) -> web.StreamResponse:
    me = principal(request)
    return request.app[RENDERER].page("admin_roster.html", me=me, boot={"csrf": me.csrf})


async def _desk_page(request: web.Request) -> web.StreamResponse:
    me = principal(request)
    boot = {"csrf": me.csrf, "me": me.account_id}
    return request.app[RENDERER].page("desk_roster.html", me=me, boot=boot)


def _line_routes(roster: Roster, clock: Clock) -> list[Route]:
    async def shown(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        own = me.account_id if me.role is Role.LAWYER else None
        days = whole_number(request, "days", 7, LONGEST)
        return web.json_response(await roster.shown(_first(request, clock), days, own))

    async def hours(request: web.Request) -> web.StreamResponse:
        begins = _first(request, clock).replace(day=1)
        year, month = (begins.year + begins.month // 12, begins.month % 12 + 1)
        last = date.fromordinal(date(year, month, 1).toordinal() - 1)
        return web.json_response({"items": await roster.hours(begins, last)})

    async def add(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, NewEntry)
        made = await roster.add(body, principal(request).account_id)
        return web.json_response(made, status=201)

    async def remove(request: web.Request) -> web.StreamResponse:
        await roster.remove(id_in_path(request, "id"), principal(request).account_id)
        return web.Response(status=204)

    async def leave(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, NewLeave)
        made = await roster.leave(body, principal(request).account_id)
        return web.json_response(made, status=201)

    return [
        route("GET", "/api/roster", shown, Action.READ_ROSTER),
        route("GET", "/api/roster/hours", hours, Action.MANAGE_ROSTER),
        route("POST", "/api/roster/entries", add, Action.MANAGE_ROSTER),
        route("DELETE", "/api/roster/entries/{id}", remove, Action.MANAGE_ROSTER),
        route("POST", "/api/roster/leave", leave, Action.KEEP_OWN_ROSTER),
    ]


def _swap_routes(swaps: Swaps) -> list[Route]:
    async def ask(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, NewSwap)
        made = await swaps.ask(body, principal(request).account_id)
        return web.json_response(made, status=201)

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, SwapAnswer)
        await swaps.answer(id_in_path(request, "id"), body, principal(request).account_id)
        return web.Response(status=204)

    return [
        route("POST", "/api/roster/swaps", ask, Action.KEEP_OWN_ROSTER),
        route("POST", "/api/roster/swaps/{id}/answer", answer, Action.KEEP_OWN_ROSTER),
    ]


def _file_routes(files: RosterFiles, clock: Clock) -> list[Route]:
    async def take_out(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        if request.match_info["file"] == "roster.csv" and me.role is not Role.LAWYER:
            return _file(await files.csv(), "text/csv", "roster.csv")
        if request.match_info["file"] == "roster.ics":
            own = me.account_id if me.role is Role.LAWYER else None
            text = await files.ics(_first(request, clock), LONGEST, own)
            return _file(text, "text/calendar", "roster.ics")
        raise NotFound

    async def bring_in(request: web.Request) -> web.StreamResponse:
        me, content = principal(request).account_id, await read_bytes(request, LARGEST)
        if request.match_info["file"] == "roster.csv":
            return web.json_response({"lines": await files.import_csv(content, me)})
        if request.match_info["file"] == "roster.ics":
            return web.json_response({"lines": await files.import_ics(content, me)})
        raise NotFound

    return [
        route("GET", "/api/roster/files/{file}", take_out, Action.READ_ROSTER),
        route("POST", "/api/roster/files/{file}", bring_in, Action.MANAGE_ROSTER),
    ]


def _first(request: web.Request, clock: Clock) -> date:
    return day_in_query(request, "from") or clock().astimezone(ZONE).date()


def _file(text: str, kind: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=text, content_type=kind, headers=headers)
