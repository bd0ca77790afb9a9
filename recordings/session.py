"""One session on the writer thread: its lanes and streams, and what is wrong with its disk."""

import errno
import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from recordings import events
from recordings.clock import SenderClock
from recordings.cutter import Finished
from recordings.events import FailureCode, RecorderEvent
from recordings.lane import Lane, LaneKey, restore
from recordings.ledger import Ledger, continue_mark
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import (
    CloseMark,
    ContinueMark,
    Gap,
    PauseMark,
    Record,
    ResumeMark,
    StartMark,
)
from recordings.recover import recover_session
from recordings.sealed_file import DataKey
from recordings.sink import EncryptingSink, FileSink, Sink
from recordings.stream import StreamWriter
from recordings.vault import KeyUnavailable, Vault

log = logging.getLogger(__name__)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_QUEUE = "queue"
_TRACKS = "tracks"


def _code(error: OSError) -> FailureCode:
    if isinstance(error, KeyUnavailable):
        return FailureCode.NO_KEY
    return FailureCode.DISK_FULL if error.errno in _FULL else FailureCode.DISK_ERROR


class SessionWriter:
    """Everything of one session that touches the disk, which may refuse at any time.

    What it refuses waits and is tried again at each ``sync``. The orders have the shape
    ``order(what, at)`` in which the recorder's queue carries them.
    """

    def __init__(
        self,
        folder: Path,
        session: str,
        emit: Callable[[RecorderEvent], None],
        seal: Callable[[Path], object] | None = None,
        reserve: int = 0,
        vault: Vault | None = None,
        continues: Path | None = None,
    ) -> None:
        """``seal`` is called with the folder once the journal is closed; with less than ``reserve``
        bytes of free space nothing is begun. Media is encrypted with a key of the ``vault``'s.
        ``continues`` is the folder of the session whose recording this one goes on with.
        """
        self.session = session
        self.is_done = False
        self.folder = folder
        self._moved: dict[StreamWriter, StreamWriter] = {}
        self._failed_at: float | None = None
        self._emit = emit
        self._seal = seal
        self._reserve = reserve
        self._has_begun = False
        self._vault = vault
        self._continues = continues
        self._key: DataKey | None = None
        self._ledger = Ledger(folder, session, emit)
        self._lanes: dict[LaneKey, Lane] = {}
        self._senders: dict[str, SenderClock] = {}
        self._streams: list[StreamWriter] = []
        self._unsealed: list[Finished] = []
        self._failing: set[object] = set()
        self._failure: events.Failed | None = None
        self.is_recording = False
        self._start_reason = "first"
        self._overflow = 0
        self._is_ending = False
        self._last: CloseMark | None = None
        self._is_closed = False

    # Orders

    def open(self, _: None, at: float) -> None:
        """Open the journal, or continue one that is there."""
        self._drain()

    def begin(self, stream: StreamWriter, at: float) -> None:
        """A stream begins."""
        lane = self._lanes.setdefault(stream.key, Lane(*stream.key))
        if lane.cause is None:
            lane.edge = at
        stream.attach(self, lane, self._senders.setdefault(lane.participant, SenderClock()))
        self._streams.append(stream)

    def end(self, what: tuple[StreamWriter, GapCause | None], at: float) -> None:
        """A stream is over, with or without a cause to miss it."""
        stream, cause = self._moved.get(what[0], what[0]), what[1]
        if stream in self._streams:
            self._streams.remove(stream)
            stream.leave(cause, at)

    def pause(self, reason: str, at: float) -> None:
        """Seal everything that was taken before."""
        for stream in self._streams:
            stream.pause(at)
        self._write(PauseMark(at=at, reason=reason))

    def resume(self, _: None, at: float) -> None:
        """Packets are taken again."""
        for stream in self._streams:
            stream.resume(at)
        self._write(ResumeMark(at=at, reason=""))

    def close(self, reason: str, at: float) -> None:
        """Seal everything for good."""
        self._finish_streams(at)
        for lane in self._lanes.values():
            self.write_gap(lane.gap_until(at))
        self._last = CloseMark(at=at, reason=reason)
        self._try_end()

    def give_way(self, at: float) -> None:
        """Seal what can be sealed and let go of the journal: another writer may continue it."""
        if not self.is_done:
            self._finish_streams(at)
            self._seal_waiting()
            self._try_end()
        if not self.is_done:
            self._ledger.close()
            self.is_done = True

    def tick(self, now: float) -> None:
        """Some times a second, after every packet that came before ``now``."""
        for stream in self._streams:
            stream.tick(now)
        self._check_tracks(now)

    def sync(self, now: float) -> None:
        """Once a second: make everything durable, and try again what the disk refused."""
        self._check_overflow()
        for stream in self._streams:
            stream.sync(now)
        self._seal_waiting()
        self._drain()
        self._try_end()

    def fails_for(self) -> float:
        """For how many seconds the disk has refused; 0 when it does not."""
        return time.monotonic() - self._failed_at if self._failed_at is not None else 0.0

    def hand_over(self, other: "SessionWriter", now: float) -> dict[object, object]:
        """Let ``other`` go on, on another volume; which of its parts stands for which of ours.

        May be called while the writer thread hangs in the disk: it reads, and changes nothing.
        """
        parts: dict[object, object] = {self: other}
        for stream in self._streams:
            lane = self._lanes[stream.key]
            fresh = parts[stream] = other._moved[stream] = stream.again()
            edge = lane.edge if lane.edge is not None else now
            other._lanes[stream.key] = Lane(
                *stream.key, edge=edge, cause=GapCause.DISK, told_at=now
            )
            other.begin(fresh, now)
        other._start_reason = "disk"
        other._key = self._key
        return parts

    def tell_stalled(self) -> None:
        """The disk hangs, and the writer thread in it: called on another, it changes nothing."""
        code = FailureCode.DISK_STALLED
        log.error("recording.failed", extra={"session": self.session, "code": code})
        self._emit(events.Failed(self.session, code))

    def go_on(self, now: float) -> None:
        """The disk that hung has answered; once the mark is durable, everybody is told."""
        self._failure = None
        if self.is_recording:
            self._write(StartMark(at=now, reason="disk"))

    # What a cutter needs of its session

    def open_sink(self, lane: Lane, codec: Codec) -> tuple[str, Sink]:
        self._open_ledger()
        if not self._has_begun and shutil.disk_usage(self.folder).free < self._reserve:
            raise OSError(errno.ENOSPC, "too little space to begin a recording")
        if self._vault is not None and self._key is None:
            self._key = self._vault.fresh(self.session)
        self._has_begun = True
        file = lane.next_file(codec)
        path = self.folder / file
        return file, FileSink(path) if self._key is None else EncryptingSink(path, self._key)

    def seal(self, finished: Finished) -> None:
        error = self._try_seal(finished)
        if error is not None:
            self._unsealed.append(finished)
            self.failed(finished, error)
            # One file is not sealed yet; the recording itself may go on in the next.
            self.forgive(finished)

    def write_gap(self, gap: Gap | None) -> None:
        if gap is not None:
            self._write(gap)

    def want_keyframe(self, lane: Lane, after: float | None = None) -> None:
        self._emit(events.KeyframeWanted(self.session, lane.participant, lane.track, after))

    def failed(self, source: object, error: OSError) -> None:
        if self._failed_at is None:
            self._failed_at = time.monotonic()
        self._report(source, _code(error))

    def broke(self) -> None:
        """Something raised what it must not."""
        self._report(self, FailureCode.INTERNAL)
        self.forgive(self)

    def is_awaiting(self, source: object) -> bool:
        return not self.is_recording and self._failing <= {source}

    def is_safe(self, source: object, now: float) -> None:
        self.forgive(source)
        if not self.is_recording and not self._failing:
            self.is_recording = True
            self._failure = self._failed_at = None
            self._write(StartMark(at=now, reason=self._start_reason))
            self._start_reason = "disk"

    def forgive(self, source: object) -> None:
        self._failing.discard(source)

    # Inside

    def _finish_streams(self, at: float) -> None:
        for stream in self._streams:
            stream.finish(at)
        self._streams.clear()
        self._is_ending = True

    def _seal_waiting(self) -> None:
        self._unsealed = [it for it in self._unsealed if self._try_seal(it) is not None]

    def _try_end(self) -> None:
        if self.is_done or not self._is_ending or self._unsealed:
            return
        last, self._last = self._last, None
        if last is not None:
            self._is_closed = True
            self._ledger.add(last)
        if self._drain():
            self._ledger.close()
            self.is_done = True
            self._sign()

    def _sign(self) -> None:
        """Whoever keeps the archive signs what could not be signed here."""
        if self._is_closed and self._seal is not None:
            try:
                self._seal(self.folder)
            except Exception:
                log.exception("recording.not_sealed", extra={"session": self.session})

    def _check_overflow(self) -> None:
        dropped = sum(stream.overflow for stream in self._streams)
        if dropped > self._overflow:
            self._report(_QUEUE, FailureCode.OVERFLOW)
        else:
            self.forgive(_QUEUE)
        self._overflow = dropped

    def _check_tracks(self, now: float) -> None:
        """A track that is fed and writes nothing is alarmed, unless the disk is known to refuse."""
        stalled = [stream.key for stream in self._streams if stream.has_stalled(now)]
        if stalled and not self._failing - {_TRACKS}:
            self._start_reason = "track"
            self._report(_TRACKS, FailureCode.TRACK_STALLED, *stalled[0])
        elif not stalled:
            self.forgive(_TRACKS)

    def _report(
        self,
        source: object,
        code: FailureCode,
        participant: str = "",
        track: TrackKind | None = None,
    ) -> None:
        self._failing.add(source)
        self.is_recording = False
        failure = events.Failed(self.session, code, participant, track)
        if self._failure != failure:
            self._failure = failure
            extra = {"session": self.session, "code": code, "participant": participant}
            log.error("recording.failed", extra=extra)
            self._emit(failure)

    def _try_seal(self, finished: Finished) -> OSError | None:
        try:
            sealed = finished.writer.seal()
        except OSError as error:
            return error
        if sealed is not None:
            self._write(finished.record(sealed))
        return None

    def _write(self, record: Record) -> None:
        self._ledger.add(record)
        self._drain()

    def _drain(self) -> bool:
        try:
            self._open_ledger()
            self._ledger.drain()
        except OSError as error:
            self.failed(self._ledger, error)
            return False
        self.forgive(self._ledger)
        return True

    def _open_ledger(self) -> None:
        if not self._ledger.is_open:
            self._finish_files()
        records = self._ledger.open()
        if records is None:
            return
        if not records and self._continues is not None:
            self._link(self._continues)
        if any(not isinstance(record, ContinueMark) for record in records):
            self._start_reason = "restart"
            self._has_begun = True
        for key, lane in restore(self.folder, records).items():
            self._lanes.setdefault(key, lane).next_index = lane.next_index

    def _finish_files(self) -> None:
        """Seal what another relay has left: it died, and the room has come to this one."""
        try:
            recover_session(self.folder, self._vault)
        except BlockingIOError:
            raise  # it lives, or another process is at it
        except OSError:
            log.exception("recording.recover_failed", extra={"session": self.session})

    def _link(self, earlier: Path) -> None:
        mark = continue_mark(earlier, time.time())
        if mark is not None:
            self._ledger.add(mark)
