"""Appointments: pages and API, and what stations allow unattended terminals."""

from collections.abc import Callable
from datetime import date, datetime

from aiohttp import web

from server.appointments.answering import Answering, Permission
from server.appointments.service import (
    LONGEST,
    Appointments,
    Cancel,
    Move,
    NewBooking,
)
from server.roster.plan import ZONE
from server.web.asked import day_in_query, id_in_path, id_in_query
from server.web.bodies import read_message, whole_number
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.rights import Action, Role


def routes(made: Appointments, clock: Callable[[], datetime]) -> list[Route]:
    """/admin/appointments, /api/appointments…"""

    def first(request: web.Request) -> date:
        return day_in_query(request, "from") or clock().astimezone(ZONE).date()

    async def page(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        boot = {"csrf": me.csrf, "role": me.role.value, **await made.choices()}
        return request.app[RENDERER].page("admin_appointments.html", me=me, boot=boot)

    async def listed(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        own = me.account_id if me.role is Role.LAWYER else None
        days = whole_number(request, "days", 14, LONGEST)
        return web.json_response(await made.shown(first(request), days, own))

    async def free(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        station = me.station_id if me.role is Role.MEDIATOR else id_in_query(request, "station")
        only = me.account_id if me.role is Role.LAWYER else None
        session, but = id_in_query(request, "session"), id_in_query(request, "move")
        return web.json_response({"items": await made.slots(station, session, but, only)})

    async def ics(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        text = await made.ics(me.account_id if me.role is Role.LAWYER else None)
        headers = {"Content-Disposition": 'attachment; filename="appointments.ics"'}
        return web.Response(text=text, content_type="text/calendar", headers=headers)

    return [
        route("GET", "/admin/appointments", page, Action.WATCH_DESK),
        route("GET", "/api/appointments", listed, Action.READ_APPOINTMENTS),
        route("GET", "/api/appointments/slots", free, Action.BOOK_APPOINTMENT),
        route("GET", "/api/appointments/appointments.ics", ics, Action.READ_APPOINTMENTS),
        *_deeds(made),
    ]


def _deeds(made: Appointments) -> list[Route]:
    """What stays on a terminal or a desk goes over the live wire; these are the admin's."""

    async def book(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, NewBooking)
        answer = await made.book(body, principal(request).account_id)
        return web.json_response(answer, status=201)

    async def move(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, Move)
        await made.move(id_in_path(request, "id"), body, principal(request).account_id)
        return web.Response(status=204)

    async def cancel(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, Cancel)
        await made.cancel(id_in_path(request, "id"), body, principal(request).account_id)
        return web.Response(status=204)

    return [
        route("POST", "/api/appointments", book, Action.MANAGE_APPOINTMENTS),
        route("POST", "/api/appointments/{id}/move", move, Action.MANAGE_APPOINTMENTS),
        route("POST", "/api/appointments/{id}/cancel", cancel, Action.MANAGE_APPOINTMENTS),
    ]


def answering_routes(stations: Answering) -> list[Route]:
    """/api/stations/callable, /api/stations/…/answering."""

    async def callable_stations(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"items": await stations.stations()})

    async def permissions(_request: web.Request) -> web.StreamResponse:
        return web.json_response({"items": await stations.permissions()})

    async def permit(request: web.Request) -> web.StreamResponse:
        body = await read_message(request, Permission)
        await stations.permit(id_in_path(request, "id"), body, principal(request).account_id)
        return web.Response(status=204)

    return [
        route("GET", "/api/stations/callable", callable_stations, Action.CALL_STATION),
        route("GET", "/api/stations/answering", permissions, Action.MANAGE_STATIONS),
        route("PUT", "/api/stations/{id}/answering", permit, Action.MANAGE_STATIONS),
    ]
