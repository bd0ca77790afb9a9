"""What the session page says of a recording's seal, and checking it while somebody waits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from recordings import manifest
from recordings.keys import signing_key
from recordings.verify import Problem, Witness, verify
from server.audit.actions import AuditAction
from server.audit.log import append
from server.evidence import repository
from server.evidence.statements import statements_of
from server.storage.engine import Database, Transaction
from server.storage.schema import Session
from server.web.principal import Principal
from signaling.errors import Conflict, NotFound
from signaling.moments import milliseconds
from signaling.rights import Action, Scope, may

Json = dict[str, Any]

_MOST_SHOWN = 50
"""Places that are named; a session of which more is wrong needs another tool than a page."""


StillWrong = Callable[[str, Sequence[Problem]], Awaitable[list[Problem]]]


class NotSealedYet(Conflict):
    """There is nothing whose wholeness could be shown."""

    code = "not_sealed_yet"
    message = "录像还没有封存，暂时无法核验。"


@dataclass(frozen=True, slots=True)
class Panel:
    """Seals of the sessions below ``recordings``, signed by the key in ``keys``.

    ``still_wrong`` leaves out files that are missing here and whole in the archive.
    """

    db: Database
    recordings: Path
    keys: Path
    clock: Callable[[], datetime]
    still_wrong: StillWrong | None = None

    async def seal(self, session_id: str) -> Json:
        """Return whether and when the session was sealed, over how much, and its integrity."""
        async with self.db.read() as db:
            await _session(db, session_id)
        last = await asyncio.to_thread(_last, self.recordings / session_id)
        if last is None:
            return {"sealed_at": None, "segments": 0, "integrity": None}
        return {
            "sealed_at": round(float(last.body["at"]) * 1000),
            "segments": len(last.body["segments"]),
            "integrity": last.sha256,
        }

    async def verify(self, principal: Principal, session_id: str) -> Json:
        """Check chains, hashes, signatures and rows now; the result goes into the log."""
        now = self.clock()
        async with self.db.read() as db:
            session = await _session(db, session_id)
            if not may(principal.role, Action.VERIFY_RECORDING, frozenset[Scope](), session.state):
                raise NotSealedYet
            statements = await statements_of(db, session_id)
        found = await asyncio.to_thread(self._problems, session_id, statements)
        if found and self.still_wrong is not None:
            found = await self.still_wrong(session_id, found)
        async with self.db.write() as db:
            detail = {"problems": len(found)}
            me = principal.account_id
            append(db, AuditAction.RECORDING_VERIFIED, now, me, subject=session_id, detail=detail)
        return {
            "at": milliseconds(now),
            "count": len(found),
            "problems": [{"where": one.where, "what": one.what} for one in found[:_MOST_SHOWN]],
        }

    def _problems(self, session_id: str, statements: Any) -> list[Problem]:
        folder = self.recordings / session_id
        if _last(folder) is None:
            raise NotSealedYet
        return verify(folder, witness=Witness(signing_key(self.keys).public, statements))


def _last(folder: Path) -> manifest.Manifest | None:
    try:
        lines = list(manifest.read(folder))
    except (OSError, ValueError):
        return None
    return lines[-1] if lines else None


async def _session(db: Transaction, session_id: str) -> Session:
    found = await repository.session_by_number(db, session_id)
    if found is None:
        raise NotFound
    return found
