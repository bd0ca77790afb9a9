"""Dispatch over HTTP: its explanation for admins, and each lawyer's own declared conflicts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web

from server.audit import log as audit
from server.audit.actions import AuditAction
from server.dispatch import repository
from server.dispatch.explaining import explain
from server.dispatch.wall import wall
from server.storage.engine import Database
from server.storage.schema import DeclaredConflict, new_id
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.codec import Text
from signaling.errors import Conflict, NotFound, UserError
from signaling.moments import milliseconds
from signaling.names import fold
from signaling.rights import Action

MOST_CONFLICTS = 500


class DeclaredAlready(Conflict):
    """The same name, as names are compared."""

    code = "declared_already"
    message = "这个名字已经申报过了。"


@dataclass(frozen=True, slots=True)
class NewConflict:
    """A person or a firm that the lawyer has an interest in."""

    name: Annotated[str, Text(60, 1)]


def routes(db: Database, clock: Callable[[], datetime]) -> list[Route]:
    """/api/sessions/{session}/dispatch, /desk/conflicts and /api/conflicts."""

    async def explained(request: web.Request) -> web.StreamResponse:
        async with db.read() as read:
            session = await repository.session_by_id(read, id_in_path(request, "session"))
            if session is None:
                raise NotFound
            return web.json_response(await explain(read, session))

    async def shown(_request: web.Request) -> web.StreamResponse:
        async with db.read() as read:
            return web.json_response(await wall(read, clock()))

    async def wall_page(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        return request.app[RENDERER].page("admin_wall.html", me=me, boot={"csrf": me.csrf})

    async def page(request: web.Request) -> web.StreamResponse:
        me = principal(request)
        return request.app[RENDERER].page("desk_conflicts.html", me=me, boot={"csrf": me.csrf})

    async def listed(request: web.Request) -> web.StreamResponse:
        async with db.read() as read:
            found = await repository.conflicts_of(read, principal(request).account_id)
        return web.json_response({"items": [_item(one) for one in found]})

    async def declare(request: web.Request) -> web.StreamResponse:
        body, me = await read_message(request, NewConflict), principal(request)
        made = _declared(me.account_id, body.name, clock())
        async with db.write() as write:
            known = await repository.conflicts_of(write, me.account_id)
            if made.folded in {one.folded for one in known}:
                raise DeclaredAlready
            if len(known) >= MOST_CONFLICTS:
                raise Conflict("too_many_conflicts", "申报的名字太多，请先撤回不再需要的。")
            write.add(made)
            audit.append(write, AuditAction.CONFLICT_DECLARED, clock(), me.account_id, made.id)
        return web.json_response(_item(made), status=201)

    async def withdraw(request: web.Request) -> web.StreamResponse:
        me, conflict = principal(request).account_id, id_in_path(request, "id")
        async with db.write() as write:
            if not await repository.remove_conflict(write, me, conflict):
                raise NotFound
            audit.append(write, AuditAction.CONFLICT_WITHDRAWN, clock(), me, conflict)
        return web.Response(status=204)

    return [
        route("GET", "/api/sessions/{session}/dispatch", explained, Action.READ_SESSION),
        route("GET", "/admin/wall", wall_page, Action.WATCH_DESK),
        route("GET", "/api/wall", shown, Action.WATCH_DESK),
        route("GET", "/desk/conflicts", page, Action.DECLARE_CONFLICT),
        route("GET", "/api/conflicts", listed, Action.DECLARE_CONFLICT),
        route("POST", "/api/conflicts", declare, Action.DECLARE_CONFLICT),
        route("DELETE", "/api/conflicts/{id}", withdraw, Action.DECLARE_CONFLICT),
    ]


def _declared(lawyer_id: str, name: str, now: datetime) -> DeclaredConflict:
    folded = fold(name)[:60]
    if not folded:
        raise UserError("no_name", "请写明姓名或单位名称。")
    return DeclaredConflict(
        id=new_id(), lawyer_id=lawyer_id, name=name, folded=folded, declared_at=now
    )


def _item(conflict: DeclaredConflict) -> dict[str, Any]:
    at = milliseconds(conflict.declared_at)
    return {"id": conflict.id, "name": conflict.name, "declared_at": at}
