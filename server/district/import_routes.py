"""/admin/import: the district's tables in and out as CSV, with a look before anything changes."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from server.accounts.passwords import Passwords
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.district.columns import FILES
from server.district.exporting import export
from server.district.importing import Importer, ImportRefused, Outcome
from server.district.reading import Batch, read_content
from server.storage.engine import Database
from server.web.bodies import read_bytes
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Handler, Route, route
from signaling.errors import NotFound, UserError
from signaling.rights import Action

LARGEST = 2 * 1024 * 1024
MOST_PEOPLE = 2000
SHOWN = 300
"""How many changed rows or problems a preview lists; it counts them all."""


class Undone(Exception):
    """Ends the transaction of a rehearsal."""


class TooManyPeople(UserError):
    """Every new account needs a password hashed, while nobody else can write."""

    code = "too_many_people"
    message = f"一次最多导入 {MOST_PEOPLE} 人，请分成几个文件。"


class StillWrong(UserError):
    """A file with problems is never imported, not even the good rows."""

    code = "import_refused"
    message = "文件里还有问题，什么都没有导入。请先预览并改正。"


@dataclass(frozen=True, slots=True)
class ImportPage:
    """What the handlers need."""

    db: Database
    passwords: Passwords
    clock: Callable[[], datetime]

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Show the page."""
        somebody = principal(request)
        files = {
            name: [column.name for column in kind.columns if not column.optional]
            for name, kind in FILES.items()
        }
        return request.app[RENDERER].page(
            "admin_import.html", me=somebody, boot={"csrf": somebody.csrf, "files": files}
        )

    async def preview(self, request: web.Request) -> web.StreamResponse:
        """Answer with what would change, or with what is wrong; nothing is written."""
        file = _file(request)
        batch = await _read(request, file)
        try:
            outcome = await self._rehearse(batch, principal(request).account_id)
        except ImportRefused as refused:
            problems = [asdict(one) | {"text": str(one)} for one in refused.problems[:SHOWN]]
            return web.json_response({"wrong": len(refused.problems), "problems": problems})
        return web.json_response({"wrong": 0, "problems": []} | _told(file, outcome, batch))

    async def write(self, request: web.Request) -> web.StreamResponse:
        """Import the file; the answer holds the first passwords of new accounts, this once."""
        file, somebody = _file(request), principal(request)
        batch = await _read(request, file)
        try:
            async with self.db.write() as write:
                importer = Importer(write, self.passwords, self.clock(), actor=somebody.account_id)
                outcome = await importer.run(batch)
        except ImportRefused:
            raise StillWrong from None
        accounts = [asdict(one) for one in outcome.accounts]
        return web.json_response(_told(file, outcome, batch) | {"accounts": accounts})

    async def export(self, request: web.Request) -> web.StreamResponse:
        """Answer with the file as it would be imported."""
        file, somebody = _file(request), principal(request)
        async with self.db.write() as write:
            text = await export(write, file)
            audit.append(
                write,
                AuditAction.DATA_EXPORTED,
                self.clock(),
                somebody.account_id,
                detail={"file": file},
            )
        headers = {"Content-Disposition": f'attachment; filename="{file}"'}
        return web.Response(text=text, content_type="text/csv", headers=headers)

    async def _rehearse(self, batch: Batch, actor: str) -> Outcome:
        outcome = Outcome()
        try:
            async with self.db.write() as write:
                outcome = await Importer(write, None, self.clock(), actor=actor).write(batch)
                raise Undone
        except Undone:
            return outcome


def routes(page: ImportPage) -> list[Route]:
    """/admin/import, /api/import/… and /api/export/…"""

    def managing(method: str, path: str, handler: Handler) -> Route:
        return route(method, path, handler, Action.MANAGE_PEOPLE)

    return [
        managing("GET", "/admin/import", page.page),
        managing("POST", "/api/import/{file}/preview", page.preview),
        managing("POST", "/api/import/{file}", page.write),
        managing("GET", "/api/export/{file}", page.export),
    ]


def _file(request: web.Request) -> str:
    name = request.match_info["file"]
    if name not in FILES:
        raise NotFound
    return name


async def _read(request: web.Request, file: str) -> Batch:
    batch = read_content(file, await read_bytes(request, LARGEST))
    if len(batch.of("people.csv")) > MOST_PEOPLE:
        raise TooManyPeople
    return batch


def _told(file: str, outcome: Outcome, batch: Batch) -> dict[str, Any]:
    added, _ = outcome.counts.get(file, (0, 0))
    return {
        "rows": len(batch.of(file)),
        "added": added,
        "changed": len([one for one in outcome.changes if not one.new]),
        "changes": [asdict(one) for one in outcome.changes[:SHOWN]],
    }
