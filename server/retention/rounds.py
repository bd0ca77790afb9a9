"""The jobs' part: expired recordings become tasks; what two people want is carried out.

Nothing is destroyed here that two people have not asked for, nor while a hold stands.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from recordings import journal
from recordings.erasure import erase
from recordings.keys import SigningKey
from recordings.manifest import Manifest, NotSealable
from recordings.vault import Vault
from server.audit.actions import AuditAction
from server.audit.log import append
from server.retention import repository
from server.retention.deletion import DELETION, DeletionEvent, DeletionState
from server.retention.rule import expires, years_after
from server.storage.engine import Database
from server.storage.schema import Deletion
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task

log = logging.getLogger(__name__)

_AT_ONCE = 200
_DUE = "保管期限已满。请决定：继续保管（改保管期限或保全），或由两人销毁。"
_REFUSED = "已确认的销毁没有完成：录音录像与封存时不一致，请先查明。"

_SETTLED = (
    TaskKind.RETENTION_DUE,
    TaskKind.PROOF_FAILED,
    TaskKind.ERASURE_FAILED,
    TaskKind.EXPORT_APPROVAL,
    TaskKind.APART_APPROVAL,
)
"""What nobody needs to look into, or to decide, once the recording is destroyed."""


class Retention:
    """Looks after terms and deletions of the sessions below ``recordings``."""

    def __init__(
        self,
        db: Database,
        recordings: Path,
        vault: Vault,
        key: SigningKey,
        now: Callable[[], datetime],
        remove_copy: Callable[[str], None],
    ) -> None:
        """``remove_copy``: removes an export, by its id; they go with the recording."""
        self._db = db
        self._recordings = recordings
        self._vault = vault
        self._key = key
        self._now = now
        self._remove_copy = remove_copy

    async def tell_expired(self) -> None:
        """Open a task for each recording whose term is over; nothing else happens by itself."""
        now = self._now()
        async with self._db.read() as db:
            terms = await repository.terms(db)
        for code, term in terms.items():
            if term.permanent or term.years is None:
                continue
            before = years_after(now, -term.years)
            async with self._db.write() as db:
                for session in await repository.expired(db, code, before, _AT_ONCE):
                    at = expires(session.ended_at, term) if session.ended_at else None
                    assert at is not None
                    about = {"text": _DUE, "class": code, "expired": at.date().isoformat()}
                    await open_task(db, TaskKind.RETENTION_DUE, session.id, now, about)

    async def erase_confirmed(self) -> None:
        """Carry out what was confirmed, one after the other."""
        refused: set[str] = set()
        while (found := await self._begin(refused)) is not None:
            try:
                async with self._db.read() as db:
                    apart = await repository.apart_of(db, found.session_id)
                certificate = await asyncio.to_thread(self._erase, found, apart)
            except (NotSealable, OSError, ValueError):
                log.exception("retention.refused", extra={"session": found.session_id})
                refused.add(found.id)
                await self._refuse(found)
            else:
                await self._finish(found, certificate.sha256)

    async def _begin(self, refused: set[str]) -> Deletion | None:
        async with self._db.write() as db:
            found = await repository.to_erase(db, refused)
            if found is None:
                return None
            # A hold waits for this lock, and then sees that there is nothing left to hold.
            await repository.lock_session(db, found.session_id)
            if await repository.open_hold(db, found.session_id) is not None:
                return None
            if found.state == DeletionState.CONFIRMED:
                found.state = DELETION.step(DeletionState.CONFIRMED, DeletionEvent.BEGIN).value
        return found

    def _erase(self, found: Deletion, apart: Sequence[str]) -> Manifest:
        """Erase a session, after what was recorded of its talks apart."""
        detail = {
            "deletion": found.id,
            "proposed_by": found.proposed_by_id,
            "confirmed_by": found.confirmed_by_id or "",
        }
        now = self._now().timestamp()
        for folder in (self._recordings / name for name in apart):
            if (folder / journal.NAME).is_file():
                erase(folder, self._vault, self._key, now, detail)
        folder = self._recordings / found.session_id
        return erase(folder, self._vault, self._key, now, detail)

    async def _finish(self, found: Deletion, certificate: str) -> None:
        now = self._now()
        async with self._db.write() as db:
            row = await repository.deletion_by_id(db, found.id)
            assert row is not None
            row.state = DELETION.step(DeletionState(row.state), DeletionEvent.FINISH).value
            row.erased_at, row.certificate = now, certificate
            for copy in await repository.copies_of(db, found.session_id):
                self._remove_copy(copy.id)
                copy.state, copy.expires_at = "expired", now
            detail = {"certificate": certificate, "deletion": found.id}
            append(db, AuditAction.RECORDING_ERASED, now, None, found.session_id, detail)
            for kind in _SETTLED:
                await resolve_task(db, kind, found.session_id, now)
        log.info("retention.erased", extra={"session": found.session_id})

    async def _refuse(self, found: Deletion) -> None:
        async with self._db.write() as db:
            about = {"text": _REFUSED}
            await open_task(db, TaskKind.ERASURE_FAILED, found.session_id, self._now(), about)
