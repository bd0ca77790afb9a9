"""From the journals on disk to rows that can be searched; the journal stays the evidence."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recordings import journal, records
from recordings.journal import BEGIN, Place
from recordings.records import RecordError
from server.media import repository
from server.storage.engine import WRITE_CONFLICTS, Database, Transaction
from server.storage.schema import Gap, Segment

log = logging.getLogger(__name__)

_REMEMBERED = 1024  # sessions


class Journals:
    """Reads the journals below ``folder`` into the database.

    How far each has been read is remembered in this process, for every sealed file of every talk is
    told to every one of them. A new process begins at the beginning: what has a row gets no second.
    """

    def __init__(self, db: Database, folder: Path) -> None:
        self._db = db
        self._folder = folder
        self._places: OrderedDict[str, Place] = OrderedDict()

    async def read(self, session_id: str) -> int:
        """Store what is new in the session's journal; return how many records were.

        One that cannot be read is for the nightly proof to judge; it keeps nobody else waiting.
        """
        path = self._folder / session_id / journal.NAME
        place = self._places.get(session_id, BEGIN)
        try:
            found, place = await asyncio.to_thread(journal.read_on, path, place)
        except FileNotFoundError:
            return 0
        except (RecordError, OSError):
            log.exception("journal.unreadable", extra={"session": session_id})
            return 0
        if not found:
            return 0
        try:
            async with self._db.write() as db:
                stored = await _store(db, session_id, found)
        except WRITE_CONFLICTS:
            return 0  # another process has just stored the same; next time it is read again
        self._remember(session_id, place)
        return stored

    def _remember(self, session_id: str, place: Place) -> None:
        self._places[session_id] = place
        self._places.move_to_end(session_id)
        if len(self._places) > _REMEMBERED:
            self._places.popitem(last=False)


async def _store(db: Transaction, session_id: str, found: Sequence[records.Record]) -> int:
    first = min(record.seq for record in found)
    known = await repository.journal_seqs(db, session_id, first)
    peers = await repository.participant_ids(db, session_id)
    rows = [
        row
        for record in found
        if record.seq not in known and (row := row_of(session_id, record)) is not None
        if row.participant_id in peers
    ]
    db.add_all(rows)
    return len(rows)


def row_of(session_id: str, record: records.Record) -> Segment | Gap | None:
    """Return a journal's record as a row; None for what nobody watches."""
    match record:
        case records.Segment(frames=0):
            return None  # what a crash left of a file without a whole frame: nothing to watch
        case records.Segment():
            return Segment(
                session_id=session_id,
                participant_id=record.participant,
                journal_seq=record.seq,
                track=str(record.track),
                index=record.index,
                file=record.file,
                codec=str(record.codec),
                start_at=_moment(record.start),
                seconds=record.duration,
                frames=record.frames,
                bytes=record.bytes,
                sha256=record.sha256,
            )
        case records.Gap():
            return Gap(
                session_id=session_id,
                participant_id=record.participant,
                journal_seq=record.seq,
                track=str(record.track),
                start_at=_moment(record.start),
                end_at=_moment(record.end),
                cause=str(record.cause),
            )
    return None


def _moment(unix: float) -> datetime:
    # Whole microseconds, so that both databases give back the same moment.
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=round(unix * 1_000_000))
