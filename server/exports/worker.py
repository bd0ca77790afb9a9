"""Making exports: one at a time in this process, beside other workers and after dead ones."""

import asyncio
import errno
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from recordings.export import NothingRecorded, export
from recordings.export_sources import SourceChanged
from recordings.manifest import NotSealable
from recordings.media_file import Unreadable
from recordings.vault import Vault
from server.exports import repository
from server.exports.bundles import BundleParts, Copy, make_bundle
from server.exports.files import Files, NoRoom
from server.exports.service import ExportKind
from server.storage.engine import Database
from server.storage.schema import Export
from signaling.rights import Role

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
_REPORT_S = 2.0
_NICE = 10
"""Exports wait for calls: the relay beside them must not notice."""
_PEOPLE = {Role.LAWYER: "律师", Role.MEDIATOR: "调解员"}
_PARTY = "当事人"


class Stopped(Exception):
    """The process is to end; the finished parts stay for whoever goes on."""


@dataclass(slots=True)
class Progress:
    """How far the thread is; it asks here whether to go on."""

    stopping: Callable[[], bool]
    check_room: Callable[[int], None]
    done: float = 0.0

    def told(self, done: float, ahead: int = 0) -> None:
        """Note it; ``ahead``: the bytes to come, as far as known.

        Raises Stopped when the process is to end, NoRoom when recordings need what is free.
        """
        self.done = done
        if self.stopping():
            raise Stopped
        self.check_room(ahead)


@dataclass(slots=True)
class Exporter:
    """Looks for an export to make, and clears away those whose time is over."""

    db: Database
    files: Files
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = field(default=lambda: False)
    vault: Vault | None = None
    bundle_parts: BundleParts | None = None
    bring: Callable[[str], Awaitable[None]] | None = None

    async def make_exports(self) -> None:
        """Make the exports that wait, one after the other."""
        while not self.stopping():
            now = self.clock()
            async with self.db.write() as db:
                found = await repository.claim(db, now, now + LEASE)
            if found is None:
                return
            await self._make(found)

    async def forget_exports(self) -> None:
        """Remove copies that are older than a week; that they were made stays known.

        With them goes what is left of others: of one whose recording was destroyed while it was
        being made, or whose worker died. What is there is looked at before what may be there.
        """
        found = self.files.found()
        async with self.db.write() as db:
            for one in await repository.expired(db, self.clock()):
                one.state = "expired"
            await db.flush()
            for export_id in found - await repository.living(db, found):
                self.files.remove(export_id)

    async def _make(self, claimed: Export) -> None:
        progress = Progress(self.stopping, self.files.check_room, claimed.progress)
        reporting = asyncio.create_task(self._report(claimed.id, progress))
        try:
            made = await self._made(claimed, progress)
        except Exception as error:
            self.files.remove_drafts(claimed.id)
            await self._end(claimed, progress, error)
        else:
            await self._finish(claimed, made)
        finally:
            reporting.cancel()
            await asyncio.gather(reporting, return_exceptions=True)

    async def _made(self, claimed: Export, progress: Progress) -> Copy:
        async with self.db.read() as db:
            recorded = await repository.recorded_bytes(db, claimed.session_id)
        # Either files brought back and a copy of them, or a film and the parts it is joined of.
        self.files.make_room(2 * recorded)
        if self.bring is not None:
            await self.bring(claimed.session_id)
        make = self._bundle if claimed.kind == ExportKind.BUNDLE else self._film
        return await make(claimed, progress)

    async def _end(self, claimed: Export, progress: Progress, error: Exception) -> None:
        """Say why there is no copy, or leave it to the next attempt."""
        code = _code(error)
        if isinstance(error, Stopped):
            await self._renew(claimed.id, progress, lease=False)
        elif code:
            log.error("export.refused", extra={"export": claimed.id, "code": code})
            await self._fail(claimed, code)
        else:
            log.error("export.failed", exc_info=error, extra={"export": claimed.id})
            if claimed.attempts >= MOST_ATTEMPTS:
                await self._fail(claimed, "internal")
            # Else the lease runs out, and somebody tries again with the parts there are.

    async def _film(self, claimed: Export, progress: Progress) -> Copy:
        async with self.db.read() as db:
            people = await repository.participants_of(db, claimed.session_id)
        labels = {one.id: _PEOPLE.get(one.role, _PARTY) for one in people}

        def make() -> Copy:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
            source = self.files.recordings / claimed.session_id
            target = self.files.finished(claimed.id, claimed.kind)
            parts = self.files.parts(claimed.id)
            made = export(source, parts, target, labels, progress.told, self.vault)
            origin = {"journal": made.journal, "segments": list(made.segments)}
            return Copy(made.bytes, made.sha256, made.seconds, origin)

        return await _in_own_thread(make)

    async def _bundle(self, claimed: Export, progress: Progress) -> Copy:
        assert self.bundle_parts is not None, "the jobs know how bundles are made"
        parts = await self.bundle_parts(claimed.session_id)
        if parts is None:
            raise NothingRecorded
        target = self.files.finished(claimed.id, claimed.kind)
        source = self.files.recordings / claimed.session_id
        return await _in_own_thread(partial(make_bundle, source, target, parts, progress.told))

    async def _report(self, export_id: str, progress: Progress) -> None:
        while True:
            await asyncio.sleep(_REPORT_S)
            await self._renew(export_id, progress, lease=True)

    async def _renew(self, export_id: str, progress: Progress, *, lease: bool) -> None:
        until = self.clock() + LEASE if lease else None
        async with self.db.write() as db:
            await repository.renew(db, export_id, progress.done, until)

    async def _finish(self, claimed: Export, made: Copy) -> None:
        now = self.clock()
        async with self.db.write() as db:
            row = await repository.export_by_id(db, claimed.id)
            assert row is not None
            if row.state != "working":
                # The recording was destroyed meanwhile, and every copy goes with it.
                self.files.remove(claimed.id)
                return
            row.state, row.progress, row.finished_at = "done", 1.0, now
            row.expires_at = now + KEPT
            row.bytes, row.seconds, row.sha256 = made.bytes, made.seconds, made.sha256
            row.derived_from = dict(made.origin)

    async def _fail(self, claimed: Export, code: str) -> None:
        self.files.remove(claimed.id)
        async with self.db.write() as db:
            row = await repository.export_by_id(db, claimed.id)
            if row is not None and row.state == "working":
                row.state, row.error, row.finished_at = "failed", code, self.clock()


async def _in_own_thread(work: Callable[[], Copy]) -> Copy:
    """Run ``work`` in a thread that ends with it: its niceness must stay with no pool."""
    loop, done = asyncio.get_running_loop(), asyncio.Future[Copy]()

    def settle(result: Copy | None, error: Exception | None) -> None:
        if error is not None:
            done.set_exception(error)
        elif result is not None:
            done.set_result(result)

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            loop.call_soon_threadsafe(settle, None, error)
        else:
            loop.call_soon_threadsafe(settle, result, None)

    threading.Thread(target=run, name="export", daemon=True).start()
    return await done


def _code(error: Exception) -> str:
    """What the page explains; empty: a fault of ours, which may pass."""
    if isinstance(error, NothingRecorded | FileNotFoundError):
        return "nothing_recorded"
    if isinstance(error, SourceChanged | NotSealable | Unreadable):
        return "source_changed"
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
    return "no_room" if full or isinstance(error, NoRoom) else ""
