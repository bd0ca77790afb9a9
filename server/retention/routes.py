"""The retention page and its API, and the part of the session page that is about keeping."""

from aiohttp import web

from server.retention.service import ChooseClass, Keeping, Reason, SetClass
from server.web.asked import id_in_path
from server.web.bodies import read_message
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.rights import Action, right


def routes(keeping: Keeping) -> list[Route]:
    """/admin/retention, its table, and a session's class, hold and deletion."""
    return [*_page_routes(keeping), *_session_routes(keeping)]


def _page_routes(keeping: Keeping) -> list[Route]:
    async def show(request: web.Request) -> web.StreamResponse:
        somebody = principal(request)
        may_set = right(somebody.role, Action.MANAGE_RETENTION) is not None
        boot = {"csrf": somebody.csrf, "may_set": may_set}
        return request.app[RENDERER].page("admin_retention.html", me=somebody, boot=boot)

    async def table(_request: web.Request) -> web.StreamResponse:
        return web.json_response(await keeping.table())

    async def set_class(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, SetClass)
        await keeping.set_class(principal(request), request.match_info["code"], wanted)
        return web.Response(status=204)

    async def set_kind(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, ChooseClass)
        await keeping.set_kind(principal(request), request.match_info["kind"], wanted)
        return web.Response(status=204)

    return [
        route("GET", "/admin/retention", show, Action.READ_RETENTION),
        route("GET", "/api/retention", table, Action.READ_RETENTION),
        route("PUT", "/api/retention/classes/{code}", set_class, Action.MANAGE_RETENTION),
        route("PUT", "/api/retention/kinds/{kind}", set_kind, Action.MANAGE_RETENTION),
    ]


def _session_routes(keeping: Keeping) -> list[Route]:
    async def of_session(request: web.Request) -> web.StreamResponse:
        return web.json_response(
            await keeping.of_session(principal(request), id_in_path(request, "session"))
        )

    async def choose(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, ChooseClass)
        await keeping.choose(principal(request), id_in_path(request, "session"), wanted)
        return web.Response(status=204)

    async def hold(request: web.Request) -> web.StreamResponse:
        await keeping.hold(
            principal(request), id_in_path(request, "session"), await read_message(request, Reason)
        )
        return web.Response(status=204)

    async def release(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, Reason)
        await keeping.release(principal(request), id_in_path(request, "session"), wanted)
        return web.Response(status=204)

    async def propose(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, Reason)
        await keeping.propose(principal(request), id_in_path(request, "session"), wanted)
        return web.Response(status=204)

    async def confirm(request: web.Request) -> web.StreamResponse:
        await keeping.confirm(principal(request), id_in_path(request, "session"))
        return web.Response(status=204)

    async def withdraw(request: web.Request) -> web.StreamResponse:
        wanted = await read_message(request, Reason)
        await keeping.withdraw(principal(request), id_in_path(request, "session"), wanted)
        return web.Response(status=204)

    own = "/api/sessions/{session}"
    return [
        route("GET", f"{own}/retention", of_session, Action.READ_RETENTION),
        route("PUT", f"{own}/retention", choose, Action.MANAGE_RETENTION),
        route("POST", f"{own}/hold", hold, Action.HOLD_RECORDING),
        route("POST", f"{own}/hold/release", release, Action.HOLD_RECORDING),
        route("POST", f"{own}/deletion", propose, Action.PROPOSE_DELETION),
        route("POST", f"{own}/deletion/confirm", confirm, Action.CONFIRM_DELETION),
        route("POST", f"{own}/deletion/withdraw", withdraw, Action.CONFIRM_DELETION),
    ]
