"""Keeps the recorded sessions provable: facts chained soon after they happen, ends signed.

The journal of a recording has one writer, the relay's recorder. What is said and agreed is known
here, in the database; it goes into a chain of its own beside the journal, and the signature at the
end binds both.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from recordings import facts, journal, manifest, photos
from recordings.durable import make_folder
from recordings.facts import FactKind, Statement, chain
from recordings.homecoming import bring_home
from recordings.keys import SigningKey
from recordings.manifest import NotSealable
from recordings.recover import finish_session
from recordings.vault import Vault
from server.evidence import repository
from server.evidence.given import note, values_in
from server.evidence.statements import statements_apart, statements_of
from server.sessions.repository import kept
from server.storage.engine import Away, Database
from server.storage.schema import Session
from signaling.session import IN_ROOM, WAITING

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=30)
"""Sessions are looked at for so long: advice is corrected within days, not months."""
LEFT_ALONE = timedelta(minutes=1)
"""After a talk its relay closes the recording; what is open still, a crash has left."""


class Keeper:
    """Looks after all recorded sessions, a round at a time."""

    def __init__(
        self,
        db: Database,
        recordings: Path,
        key: SigningKey,
        now: Callable[[], datetime],
        read_journal: Callable[[str], Awaitable[object]],
        second: Path | None = None,
        vault: Vault | None = None,
    ) -> None:
        """``read_journal`` makes rows of what a session's journal says; ``second`` is where the
        recorder goes on while the disk of ``recordings`` fails. What a crash left encrypted is
        finished with keys of the ``vault``'s.
        """
        self._vault = vault
        self._read_journal = read_journal
        self._second = second
        self._db = db
        self._recordings = recordings
        self._key = key
        self._now = now
        self._kept: dict[str, int] = {}  # session: how far its log is chained and signed

    async def keep_all(self) -> None:
        """Chain and sign whatever is new; a session that cannot be kept now is tried again."""
        async with self._db.read() as db:
            sessions = await repository.recorded_since(db, self._now() - LOOK_BACK)
        self._kept = {one.id: self._kept.get(one.id, -1) for one in sessions}
        for session in sessions:
            if self._kept[session.id] != session.seq and await self._tried(session):
                self._kept[session.id] = session.seq

    async def _tried(self, session: Session) -> bool:
        """Keep a session. What is wrong with one keeps no other from being kept; the nightly
        proof makes a task of what it finds.
        """
        try:
            return await self.keep(session)
        except Away:
            raise  # nothing is wrong with this one
        except Exception:
            log.exception("evidence.not_kept", extra={"session": session.id})
            return False

    async def keep(self, session: Session) -> bool:
        """Chain and sign one session and what was recorded of its talks apart, each for itself;
        tell whether nothing is left to do until it changes.
        """
        async with self._db.read() as db:
            statements = await statements_of(db, session.id)
            apart = {
                one.id: await statements_apart(db, one.id)
                for one in await kept.recordings_of(db, session.id)
            }
        is_over = session.state not in IN_ROOM | WAITING
        ended = session.ended_at or session.closed_at or session.requested_at
        is_left = is_over and self._now() - ended >= LEFT_ALONE
        done = await self._keep(session.id, statements, is_over, is_left)
        if done is None:
            return False
        # A talk apart that was asked for and never recorded leaves nothing to do.
        each = [await self._keep(one, apart[one], is_over, is_left) for one in apart]
        if is_left:
            await self._read_journal(session.id)
        if is_over:
            folder = self._recordings / session.id
            await note(self._db, session.id, await asyncio.to_thread(values_in, folder))
        return done and False not in each

    async def _keep(
        self, name: str, statements: list[Statement], is_over: bool, is_left: bool
    ) -> bool | None:
        """Chain and sign one recording; None: there is none."""
        folder = self._recordings / name
        if not await asyncio.to_thread(self._is_recorded, folder):
            return None
        return await asyncio.to_thread(self._write, folder, statements, is_over, is_left)

    def _is_recorded(self, folder: Path) -> bool:
        away = self._second is not None and (self._second / folder.name).is_dir()
        return away or (folder / journal.NAME).is_file() or (folder / facts.PHOTOS).is_dir()

    def _write(
        self, folder: Path, statements: list[Statement], is_over: bool, is_left: bool
    ) -> bool:
        try:
            self._chain(folder, statements, is_left)
            if is_over and not (folder / journal.NAME).is_file():
                return False  # photos alone: it is sealed when nobody will record it any more
            return not is_over or self._seal(folder)
        except BlockingIOError:
            return False
        except (OSError, ValueError):
            log.exception("evidence.refused", extra={"session": folder.name})
            return False

    def _chain(self, folder: Path, statements: list[Statement], is_left: bool) -> None:
        make_folder(folder)
        for row in chain(folder, statements).changed:
            extra = {"session": folder.name, "kind": row.kind.value, "id": row.id}
            log.error("evidence.changed", extra=extra)
        if is_left and self._second is not None:
            bring_home(self._second / folder.name, folder, self._vault)
        if is_left:
            _sweep(folder, statements, self._vault)
            finish_session(folder, time.time(), self._vault)
            photos.close_unrecorded(folder, time.time())

    def _seal(self, folder: Path) -> bool:
        try:
            manifest.seal(folder, self._key, time.time())
        except NotSealable:
            log.warning("evidence.not_sealed", extra={"session": folder.name})
            return False
        return True


def _sweep(folder: Path, statements: list[Statement], vault: Vault | None) -> None:
    """Remove what a crash has left of photos: never kept, or taken back and not destroyed yet.

    What the chain holds stays, whether or not the database still has a row of it.
    """
    gone = {row.id for row in statements if row.kind is FactKind.PHOTO_GONE}
    for row in statements:
        if row.kind is FactKind.PHOTO and row.id in gone:
            photos.destroy(folder, row.files, vault)
    photos.sweep(folder, {one.file for one in facts.kept_in(folder)})
