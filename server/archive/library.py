"""What is stored where: checking it, and bringing files back to be read here."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recordings.durable import sync_folder
from recordings.sealed_file import Source
from recordings.verify import Problem
from server.archive import repository
from server.archive.store import Store, StoreFailed, StoreSettings
from server.archive.stream import Arriving
from server.settings import Settings
from server.storage.engine import Database
from server.storage.schema import ArchiveFile, new_id

log = logging.getLogger(__name__)

_ARRIVING = ".arriving"
_MISSING = "is missing"
_SLASHES_APART = 2  # talk / participant / file


@dataclass(frozen=True, slots=True)
class Library:
    """The archive of the recordings below ``recordings``."""

    db: Database
    recordings: Path
    store: Store
    now: Callable[[], datetime]

    async def bring(self, session_id: str, files: Iterable[str] | None = None) -> None:
        """Bring files (all, unless named) that are only in the archive back to where they lay.

        Each is checked against its hash before it has its name. Raises StoreFailed, OSError.
        """
        wanted = None if files is None else set(files)
        async with self.db.read() as db:
            rows = await repository.files_of(db, session_id)
        for row in rows:
            if row.removed_at is not None and (wanted is None or row.file in wanted):
                await self._bring(row)

    async def source(self, session_id: str, file: str) -> Source | None:
        """Return an archived file to be read while it comes; None: it is not in the archive."""
        async with self.db.read() as db:
            rows = await repository.files_of(db, session_id)
        row = next((row for row in rows if row.file == file), None)
        if row is None:
            return None
        return Arriving(self.store, name_of(session_id, file), row.bytes, row.sha256)

    async def still_wrong(self, session_id: str, problems: Sequence[Problem]) -> list[Problem]:
        """Return the problems without files that are missing here and whole in the archive."""
        async with self.db.read() as db:
            rows = await repository.files_of(db, session_id)
        away = {row.file: row for row in rows if row.removed_at is not None}
        return [
            one
            for one in problems
            if not (
                one.what == _MISSING and one.where in away and await self.is_whole(away[one.where])
            )
        ]

    async def is_whole(self, row: ArchiveFile) -> bool:
        """Read an archived file back and compare it."""
        try:
            return await self.store.sha256(name_of(row.session_id, row.file)) == row.sha256
        except StoreFailed:
            log.warning("archive.unreadable", extra={"session": row.session_id})
            return False

    async def _bring(self, row: ArchiveFile) -> None:
        arriving = self.recordings / _ARRIVING
        await asyncio.to_thread(arriving.mkdir, 0o700, exist_ok=True)
        draft = arriving / new_id()
        try:
            found = await self.store.fetch(name_of(row.session_id, row.file), draft)
            if found != row.sha256:
                raise StoreFailed(row.file)
            await asyncio.to_thread(_put, draft, local_of(self.recordings, row))
        finally:
            draft.unlink(missing_ok=True)
        async with self.db.write() as db:
            await repository.set_local(db, [row.id], since=self.now(), removed=None)
        log.info("archive.brought", extra={"session": row.session_id})


def local_of(recordings: Path, row: ArchiveFile) -> Path:
    """Return where a stored file lies, or lay, here."""
    return recordings / name_of(row.session_id, row.file)


def _put(draft: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft.rename(target)
    sync_folder(target.parent)


def name_of(session_id: str, file: str) -> str:
    """Return what an archived file is called, below the recordings and in the store alike.

    A talk apart lies beside its session: the names of its files begin with its own, and have three
    parts where a session's have two.
    """
    return file if file.count("/") == _SLASHES_APART else f"{session_id}/{file}"


def library_of(db: Database, settings: Settings, now: Callable[[], datetime]) -> Library | None:
    """Return the archive that the settings describe, or None where there is none."""
    if not settings.archive_url:
        return None
    store = StoreSettings(
        settings.archive_url,
        settings.archive_endpoint,
        settings.archive_region,
        settings.archive_access_key,
        settings.archive_secret_key,
    )
    return Library(db, settings.recordings, Store(store), now)
