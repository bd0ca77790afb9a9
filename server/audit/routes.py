"""The audit page and its data."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from aiohttp import web

from server.audit.actions import LABELS, AuditAction
from server.audit.log import AuditFilter, append
from server.audit.repository import PAGE, actors, page
from server.storage.engine import Database
from server.storage.schema import Account, Audit
from server.web.bodies import whole_number
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.errors import ProtocolError
from signaling.rights import Action

CHINA = timezone(timedelta(hours=8))


def routes(db: Database, clock: Callable[[], datetime]) -> list[Route]:
    """/admin/audit and /api/audit; looking into the log is itself an entry, once per question."""

    async def show(request: web.Request) -> web.StreamResponse:
        async with db.read() as read:
            people = [{"id": one.id, "name": one.name} for one in await actors(read)]
        words = [{"code": action.value, "name": LABELS[action]} for action in AuditAction]
        return request.app[RENDERER].page(
            "admin_audit.html",
            me=principal(request),
            boot={"csrf": principal(request).csrf, "actions": words, "actors": people},
        )

    async def entries(request: web.Request) -> web.StreamResponse:
        number = whole_number(request, "page", 1)
        wanted = _filter(request)
        async with db.write() as write:
            found = await page(write, wanted, number)
            if number == 1:
                append(write, AuditAction.AUDIT_READ, clock(), principal(request).account_id)
        items = [_item(entry, actor) for entry, actor in found.entries]
        return web.json_response(
            {"total": found.total, "page": number, "size": PAGE, "items": items}
        )

    return [
        route("GET", "/admin/audit", show, Action.READ_AUDIT),
        route("GET", "/api/audit", entries, Action.READ_AUDIT),
    ]


def _item(entry: Audit, actor: Account | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": int(entry.at.timestamp() * 1000),
        "action": entry.action,
        "label": LABELS[AuditAction(entry.action)] if entry.action in LABELS else entry.action,
        "actor": {"id": actor.id, "name": actor.name, "role": actor.role} if actor else None,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def _filter(request: web.Request) -> AuditFilter:
    query = request.query
    until = _day(query.get("to", ""))
    try:
        action = AuditAction(query["action"]) if query.get("action") else None
    except ValueError:
        raise ProtocolError("bad_query", "action") from None
    return AuditFilter(
        action=action,
        actor_id=query.get("actor") or None,
        since=_day(query.get("from", "")),
        until=until + timedelta(days=1) if until else None,
    )


def _day(text: str) -> datetime | None:
    """Return the beginning of a day in China, given as YYYY-MM-DD."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ProtocolError("bad_query", "from/to") from None
