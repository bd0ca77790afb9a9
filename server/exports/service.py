"""Asking for an export, following it, fetching it: who may, and what is noted of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from server.audit.actions import AuditAction
from server.audit.log import append
from server.audit.repository import entries_since
from server.audit.two_people import check_two_people
from server.exports import repository
from server.retention.errors import Erased
from server.retention.repository import is_erased
from server.storage.engine import Database, Transaction
from server.storage.schema import Export, Session, new_id
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task
from server.web.principal import Principal
from signaling.codec import Text
from signaling.errors import Conflict, NotAllowed, NotFound
from signaling.moments import maybe_milliseconds
from signaling.rights import Action, Scope, may
from signaling.session import SessionState

Json = dict[str, Any]

NOTED_FOR = timedelta(hours=1)
"""How long the pieces of a file that somebody fetches are one fetch in the audit log."""


class NothingToExport(Conflict):
    """There is no recording, or not yet all of it."""

    code = "nothing_to_export"
    message = "没有可以导出的录像；会话结束后才能导出。"


class ExportUnderWay(Conflict):
    """One copy at a time of a session."""

    code = "export_under_way"
    message = "这次会话正在导出，请等它完成。"


class ExportGone(NotFound):
    """It is not finished, failed, or its time is over."""

    code = "export_gone"
    message = "导出文件不存在或已过期，请重新导出。"


class NothingToDecide(Conflict):
    """It was decided, or never needed a second person."""

    code = "nothing_to_decide"
    message = "这份导出不在等待批准，请刷新后再看。"


class ExportKind(StrEnum):
    """What kind of copy."""

    VIDEO = "video"  # one MP4 with everybody side by side
    BUNDLE = "bundle"  # originals, chains, signatures and a verifier (证据包)


@dataclass(frozen=True, slots=True)
class RequestExport:
    """The body of a request for a copy."""

    purpose: Annotated[str, Text(200, 1)]
    kind: ExportKind = ExportKind.VIDEO


@dataclass(frozen=True, slots=True)
class DecideExport:
    """A second person's word."""

    approve: bool


@dataclass(frozen=True, slots=True)
class Exports:
    """What the export routes call; finished copies lie in ``folder``.

    ``approval``: a second person has to approve each copy before it is made.
    """

    db: Database
    folder: Path
    clock: Callable[[], datetime]
    approval: bool = False

    async def request(self, principal: Principal, session_id: str, wanted: RequestExport) -> Json:
        """Queue a copy of the session's recording; who wants it and why goes into the log."""
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id)
            if not await _has_any(db, session, wanted):
                raise NothingToExport
            if await is_erased(db, session.id):
                raise Erased
            if await repository.is_open(db, session.id, wanted.kind):
                raise ExportUnderWay
            export = _export(principal, session, wanted, now)
            export.state = "asked" if self.approval else "waiting"
            db.add(export)
            if self.approval:
                await open_task(db, TaskKind.EXPORT_APPROVAL, session.id, now)
            detail = {"export": export.id, "purpose": wanted.purpose}
            _note(db, AuditAction.EXPORT_REQUESTED, now, principal, session.id, detail)
        return export_json(export, principal.name)

    async def of_session(self, session_id: str) -> Json:
        """Return every copy that was asked for, newest first."""
        async with self.db.read() as db:
            if await repository.session_by_id(db, session_id) is None:
                raise NotFound
            found = await repository.exports_of(db, session_id)
        return {"items": [export_json(*row) for row in found]}

    async def decide(self, principal: Principal, export_id: str, wanted: DecideExport) -> None:
        """Approve or refuse a copy that somebody else wants.

        Raises NothingToDecide, Erased, SamePerson, NotIndependent.
        """
        now = self.clock()
        async with self.db.write() as db:
            export = await repository.asked_for(db, export_id)
            if export is None:
                raise NotFound
            if export.state != "asked":
                raise NothingToDecide
            if await is_erased(db, export.session_id):
                raise Erased
            await check_two_people(db, export.account_id, principal.account_id, now)
            export.state = "waiting" if wanted.approve else "refused"
            export.decided_by_id, export.decided_at = principal.account_id, now
            await db.flush()
            if not await repository.others_asked(db, export.session_id):
                await resolve_task(db, TaskKind.EXPORT_APPROVAL, export.session_id, now)
            action = AuditAction.EXPORT_APPROVED if wanted.approve else AuditAction.EXPORT_REFUSED
            _note(db, action, now, principal, export.session_id, {"export": export.id})

    async def fetch(self, principal: Principal, export_id: str) -> tuple[Path, ExportKind]:
        """Return the finished file, and note who has it.

        Browsers fetch in pieces, and which pieces is for whoever asks to choose: so any piece is
        noted, once in ``NOTED_FOR`` for each person.
        """
        now = self.clock()
        async with self.db.write() as db:
            export = await repository.export_by_id(db, export_id)
            if export is None:
                raise NotFound
            await _session(db, principal, export.session_id)
            if export.state != "done" or export.expires_at is None or export.expires_at <= now:
                raise ExportGone
            await self._note_fetch(db, principal, export, now)
        kind = ExportKind(export.kind)
        path = file_of(self.folder, export.id, kind)
        if not path.is_file():
            raise ExportGone
        return path, kind

    async def _note_fetch(
        self, db: Transaction, principal: Principal, export: Export, now: datetime
    ) -> None:
        action, session = AuditAction.EXPORT_FETCHED, export.session_id
        noted = await entries_since(db, {action}, {session}, now - NOTED_FOR)
        whose = [one.actor_id for one in noted if one.detail.get("export") == export.id]
        if principal.account_id not in whose:
            _note(db, action, now, principal, session, {"export": export.id})


def file_of(folder: Path, export_id: str, kind: str) -> Path:
    """Return where a finished copy lies."""
    return folder / f"{export_id}{'.zip' if kind == ExportKind.BUNDLE else '.mp4'}"


def export_json(export: Export, name: str, decided_by: str | None = None) -> Json:
    """Return an export as the session page shows it."""
    return {
        "id": export.id,
        "name": name,
        "by": export.account_id,
        "kind": export.kind,
        "decided_by": decided_by,
        "decided_at": maybe_milliseconds(export.decided_at),
        "purpose": export.purpose,
        "state": export.state,
        "progress": export.progress,
        "error": export.error,
        "requested_at": maybe_milliseconds(export.requested_at),
        "finished_at": maybe_milliseconds(export.finished_at),
        "expires_at": maybe_milliseconds(export.expires_at),
        "bytes": export.bytes,
        "seconds": export.seconds,
        "sha256": export.sha256,
    }


async def _has_any(db: Transaction, session: Session, wanted: RequestExport) -> bool:
    """A video is made of what was recorded; a bundle holds photos of evidence as well."""
    if await repository.has_segments(db, session.id):
        return True
    is_bundle = wanted.kind is ExportKind.BUNDLE
    return is_bundle and await repository.has_photos_of(db, session.id)


async def _session(db: Transaction, principal: Principal, session_id: str) -> Session:
    session = await repository.session_by_id(db, session_id)
    if session is None:
        raise NotFound
    if _may(principal, session.state):
        return session
    if any(_may(principal, state) for state in SessionState):
        raise NothingToExport
    raise NotAllowed


def _may(principal: Principal, state: SessionState) -> bool:
    return may(principal.role, Action.EXPORT_RECORDING, frozenset[Scope](), state)


def _export(principal: Principal, session: Session, wanted: RequestExport, now: datetime) -> Export:
    return Export(
        id=new_id(),
        session_id=session.id,
        account_id=principal.account_id,
        purpose=wanted.purpose,
        requested_at=now,
        kind=wanted.kind.value,
        state="waiting",
        progress=0.0,
        attempts=0,
        error="",
        derived_from={},
    )


def _note(
    db: Transaction,
    action: AuditAction,
    now: datetime,
    principal: Principal,
    session: str,
    detail: dict[str, str],
) -> None:
    append(db, action, now, principal.account_id, subject=session, detail=detail)
