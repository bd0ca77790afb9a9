"""/admin/rights: drawn by the server from the table that decides."""

from typing import Any

from aiohttp import web

from server.rights.words import ACTIONS, ROLES, SCOPES, times
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.rights import Action, Role, right


def routes() -> list[Route]:
    """Return the page's route."""

    async def show(request: web.Request) -> web.StreamResponse:
        return request.app[RENDERER].page(
            "admin_rights.html",
            me=principal(request),
            boot={"csrf": principal(request).csrf},
            roles=[ROLES[role] for role in Role],
            rows=[(ACTIONS[action], [cell(role, action) for role in Role]) for action in Action],
        )

    return [route("GET", "/admin/rights", show, Action.READ_RIGHTS)]


def cell(role: Role, action: Action) -> dict[str, Any] | None:
    """Return over what and when a role may do it; None: not at all."""
    found = right(role, action)
    if found is None:
        return None
    return {"scope": SCOPES[found.scope] if found.states else "可以", "times": times(found.states)}
