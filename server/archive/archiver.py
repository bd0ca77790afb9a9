"""The jobs' part of the archive, a round at a time; every step is safe to repeat."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from recordings import journal
from recordings.facts import kept_in
from recordings.keys import PublicKey
from recordings.records import Kept, Segment
from recordings.verify import Witness, verify
from server.archive import repository
from server.archive.library import Library, local_of, name_of
from server.archive.store import StoreFailed
from server.evidence.statements import statements_apart, statements_of
from server.retention.repository import apart_of
from server.storage.schema import ArchiveFile, Session
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task

log = logging.getLogger(__name__)

SETTLED = timedelta(minutes=10)
RETRY = timedelta(minutes=5)
MOST_WAIT = timedelta(hours=6)
TOLD_AFTER = 3
"""Attempts that fail before somebody is told."""
_AT_ONCE = 20
_STORE = "归档存储没有收下这次会话的录音录像，会继续重试。"
_NO_LOCK = "归档存储没有给对象加锁（未开启版本和默认保留期），按设定不予归档。"
_CHANGED = "归档存储里的录音录像读回后与本地不一致，本地副本保留。"


class NotLocked(StoreFailed):
    """The store took an object and would let it be deleted."""


class NotWhole(Exception):
    """The session is not sealed, or not what was sealed: the proof says what is wrong."""


@dataclass(frozen=True, slots=True)
class Archiver:
    """Stores what is sealed. ``keep``: how long copies stay here, None: for good."""

    library: Library
    key: PublicKey
    lock: bool = False
    keep: timedelta | None = None

    async def archive_all(self) -> None:
        """Store sessions that are new or have changed."""
        now = self.library.now()
        async with self.library.db.read() as db:
            sessions = await repository.due(db, now - SETTLED, now, _AT_ONCE)
        for session in sessions:
            try:
                await self._archive(session)
            except (StoreFailed, NotWhole, OSError) as error:
                await self._failed(session, error)

    async def remove_local(self) -> None:
        """Remove copies here whose time is over, each after it was read back once more."""
        if self.keep is None:
            return
        now = self.library.now()
        async with self.library.db.read() as db:
            rows = await repository.to_remove(db, now - self.keep, _AT_ONCE)
        for row in rows:
            whole = await self.library.is_whole(row)
            async with self.library.db.write() as db:
                if not whole:
                    about = {"text": _CHANGED}
                    await open_task(db, TaskKind.ARCHIVE_FAILED, row.session_id, now, about)
                    await repository.set_local(db, [row.id], since=now, removed=None)
                    continue
                # The row first: a copy too many is removed again, one too few would be a loss.
                await repository.set_local(db, [row.id], since=None, removed=now)
            path = local_of(self.library.recordings, row)
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def forget_erased(self) -> None:
        """Delete the media of erased sessions where the store lets it; its keys are gone anyway."""
        async with self.library.db.read() as db:
            sessions = await repository.erased(db, _AT_ONCE)
        for session_id in sessions:
            try:
                await self._forget(session_id)
            except (StoreFailed, OSError):
                log.warning("archive.not_forgotten", extra={"session": session_id})

    async def _forget(self, session_id: str) -> None:
        async with self.library.db.read() as db:
            rows = await repository.files_of(db, session_id)
            apart = await apart_of(db, session_id)
        for row in rows:
            await self.library.store.delete(name_of(session_id, row.file))
        for folder in self._folders(session_id, apart):
            await self._store_chains(folder)
        async with self.library.db.write() as db:
            state = await repository.state_of(db, session_id)
            state.forgotten_at = self.library.now()

    async def _archive(self, session: Session) -> None:
        async with self.library.db.read() as db:
            said = {session.id: await statements_of(db, session.id)}
            for name in await apart_of(db, session.id):
                said[name] = await statements_apart(db, name)
            known = {row.file: row for row in await repository.files_of(db, session.id)}
        folders = self._folders(session.id, list(said)[1:])
        away = {name for name, row in known.items() if row.removed_at is not None}
        for folder in folders:
            witness = Witness(self.key, said[folder.name])
            problems = await asyncio.to_thread(verify, folder, witness=witness)
            if [one for one in problems if _name(session.id, folder, one.where) not in away]:
                raise NotWhole
        for folder in folders:
            for file in await asyncio.to_thread(_files, folder):
                if _name(session.id, folder, file.file) not in known:
                    await self._store_file(session.id, folder, file)
            await self._store_chains(folder)
        now = self.library.now()
        async with self.library.db.write() as db:
            state = await repository.state_of(db, session.id)
            state.seq, state.stored_at = session.seq, now
            state.attempts, state.retry_at = 0, None
            await resolve_task(db, TaskKind.ARCHIVE_FAILED, session.id, now)
        log.info("archive.stored", extra={"session": session.id})

    def _folders(self, session_id: str, apart: Sequence[str]) -> list[Path]:
        """The session's folder, and those of its talks apart of which something was recorded."""
        beside = [self.library.recordings / name for name in apart]
        recorded = [folder for folder in beside if (folder / journal.NAME).is_file()]
        return [self.library.recordings / session_id, *recorded]

    async def _store_file(self, session_id: str, folder: Path, file: Segment | Kept) -> None:
        path = folder / file.file
        sha256 = file.stored_sha256 or file.sha256
        called = _name(session_id, folder, file.file)
        name = name_of(session_id, called)
        version = await self.library.store.put(name, path)
        if await self.library.store.sha256(name) != sha256:
            raise StoreFailed(name)
        if self.lock and not await self.library.store.is_locked(name):
            raise NotLocked(name)
        now = self.library.now()
        async with self.library.db.write() as db:
            db.add(
                ArchiveFile(
                    session_id=session_id,
                    file=called,
                    bytes=file.stored_bytes or file.bytes,
                    sha256=sha256,
                    version=version,
                    stored_at=now,
                    local_since=now,
                )
            )

    async def _store_chains(self, folder: Path) -> None:
        for path in await asyncio.to_thread(_chains, folder):
            content = await asyncio.to_thread(path.read_bytes)
            name = name_of(folder.name, path.name)
            await self.library.store.put(name, content)
            if await self.library.store.sha256(name) != hashlib.sha256(content).hexdigest():
                raise StoreFailed(name)

    async def _failed(self, session: Session, error: Exception) -> None:
        now = self.library.now()
        extra = {"session": session.id, "error": type(error).__name__}
        log.warning("archive.failed", extra=extra)
        async with self.library.db.write() as db:
            state = await repository.state_of(db, session.id)
            state.attempts += 1
            state.retry_at = now + min(RETRY * 2 ** min(state.attempts - 1, 8), MOST_WAIT)
            text = _NO_LOCK if isinstance(error, NotLocked) else _STORE
            tell = isinstance(error, NotLocked) or state.attempts >= TOLD_AFTER
            if tell and not isinstance(error, NotWhole):
                await open_task(db, TaskKind.ARCHIVE_FAILED, session.id, now, {"text": text})


def _name(session_id: str, folder: Path, file: str) -> str:
    """Return what a file is called in the rows of its session: see ``name_of``."""
    return file if folder.name == session_id else f"{folder.name}/{file}"


def _files(folder: Path) -> list[Segment | Kept]:
    segments = [row for row in journal.read(folder) if isinstance(row, Segment)]
    return [*segments, *kept_in(folder)]


def _chains(folder: Path) -> list[Path]:
    """Return everything beside the media: journal, facts, manifest, stamps."""
    return sorted(
        path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")
    )
