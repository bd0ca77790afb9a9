"""The page of tasks and its API."""

from aiohttp import web

from server.tasks.kinds import KINDS, TaskKind
from server.tasks.service import EndTask, TakeTask, Tasks
from server.web.asked import id_in_path
from server.web.bodies import read_message, whole_number
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.errors import ProtocolError
from signaling.rights import Action

_STATES = {"open": False, "done": True}


def routes(tasks: Tasks) -> list[Route]:
    """/admin/tasks, /api/tasks and what is done there."""

    async def show(request: web.Request) -> web.StreamResponse:
        somebody = principal(request)
        kinds = {
            kind.value: {"name": about.label, "place": about.place, "by_hand": about.by_hand}
            for kind, about in KINDS.items()
        }
        boot = {"csrf": somebody.csrf, "me": somebody.account_id, "kinds": kinds}
        return request.app[RENDERER].page("admin_tasks.html", me=somebody, boot=boot)

    async def listed(request: web.Request) -> web.StreamResponse:
        done, kind = _question(request)
        number = whole_number(request, "page", 1)
        return web.json_response(await tasks.listed(done=done, kind=kind, number=number))

    async def take(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, TakeTask)
        await tasks.take(principal(request), id_in_path(request, "task"), wanted)
        return web.Response(status=204)

    async def end(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, EndTask)
        await tasks.end(principal(request), id_in_path(request, "task"), wanted)
        return web.Response(status=204)

    return [
        route("GET", "/admin/tasks", show, Action.HANDLE_TASKS),
        route("GET", "/api/tasks", listed, Action.HANDLE_TASKS),
        route("POST", "/api/tasks/{task}/take", take, Action.HANDLE_TASKS),
        route("POST", "/api/tasks/{task}/done", end, Action.HANDLE_TASKS),
    ]


def _question(request: web.Request) -> tuple[bool, TaskKind | None]:
    state, kind = request.query.get("state", "open"), request.query.get("kind", "")
    if state not in _STATES:
        raise ProtocolError("bad_query", "state")
    if kind and kind not in set(TaskKind):
        raise ProtocolError("bad_query", "kind")
    return _STATES[state], TaskKind(kind) if kind else None
