"""The audit page and its data."""

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from io import StringIO
from typing import Any

from aiohttp import web

from server.audit.actions import LABELS, AuditAction
from server.audit.log import AuditFilter, append
from server.audit.repository import PAGE, Entry, actors, newest, page
from server.storage.engine import Database
from server.storage.schema import Account, Audit
from server.web.asked import day_in_query, id_in_query
from server.web.bodies import whole_number
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.errors import ProtocolError
from signaling.moments import milliseconds
from signaling.rights import Action

CHINA = timezone(timedelta(hours=8))
MOST_EXPORTED = 50_000


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

    async def export(request: web.Request) -> web.StreamResponse:
        wanted = _filter(request)
        async with db.write() as write:
            found = await newest(write, wanted, MOST_EXPORTED)
            somebody = principal(request).account_id
            detail = {"rows": len(found)}
            append(write, AuditAction.AUDIT_EXPORTED, clock(), somebody, detail=detail)
        headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
        return web.Response(text=_csv(found), content_type="text/csv", headers=headers)

    return [
        route("GET", "/admin/audit", show, Action.READ_AUDIT),
        route("GET", "/api/audit/export", export, Action.READ_AUDIT),
        route("GET", "/api/audit", entries, Action.READ_AUDIT),
    ]


def _item(entry: Audit, actor: Account | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": milliseconds(entry.at),
        "action": entry.action,
        "label": LABELS[AuditAction(entry.action)] if entry.action in LABELS else entry.action,
        "actor": {"id": actor.id, "name": actor.name, "role": actor.role} if actor else None,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def _csv(entries: Sequence[Entry]) -> str:
    lines = StringIO()
    writer = csv.writer(lines)
    writer.writerow(["时间", "事项", "操作人", "用户名", "对象编号", "细节"])
    for entry, actor in entries:
        item = _item(entry, actor)
        detail = "，".join(f"{name} {value}" for name, value in entry.detail.items())
        who = [actor.name, actor.username] if actor else ["系统", ""]
        at = entry.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        writer.writerow([_plain(one) for one in [at, item["label"], *who, entry.subject, detail]])
    return "\ufeff" + lines.getvalue()  # the mark tells Excel that it is UTF-8


def _plain(cell: str) -> str:
    """Keep a spreadsheet from reading somebody's words as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _filter(request: web.Request) -> AuditFilter:
    wanted = request.query.get("action", "")
    try:
        action = AuditAction(wanted) if wanted else None
    except ValueError:
        raise ProtocolError("bad_query", "action") from None
    since, last = day_in_query(request, "from"), day_in_query(request, "to")
    return AuditFilter(
        action=action,
        actor_id=id_in_query(request, "actor"),
        since=_begins(since) if since else None,
        until=_begins(last + timedelta(days=1)) if last else None,
    )


def _begins(day: date) -> datetime:
    """Return the beginning of a day in China."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)
