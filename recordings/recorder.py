"""The recorder as the relay sees it: cheap calls on the loop, all work on one writer thread.

    recorder = Recorder(root, on_event)         one a process
    session = recorder.open_session(session_id) one a recorded session
    track = session.track(participant, TrackKind.CAMERA, Codec.VP8, 90000)
    track.rtp_run(packets, arrival)             for decrypted packets in a row

No call blocks or touches the disk, except ``recover`` and ``close`` of the Recorder. They are to
be made from one thread. What they order reaches the writer in one queue of ``(order, what, at)``,
packets in runs (see intake.py), so a pause stands exactly between the packets before it and those
after.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from itertools import repeat
from pathlib import Path
from typing import Any

from recordings import manifest
from recordings.events import RecorderEvent
from recordings.intake import Backlog, Run
from recordings.keys import SigningKey
from recordings.model import Codec, GapCause, TrackKind, checked_name
from recordings.records import Segment
from recordings.recover import recover
from recordings.session import SessionWriter
from recordings.stream import StreamWriter
from recordings.vault import Vault
from recordings.watch import Watch
from recordings.writer import Order, Redirect, WriterThread

log = logging.getLogger(__name__)

# Some seconds of a full relay, under 100 MB.
_QUEUE_LIMIT = 65_536
# A disk that refuses is given so long before a session moves to the second volume.
_PATIENCE_S = 2.0


class TrackRecorder:
    """One incoming RTP stream. After ``end`` it takes nothing more."""

    def __init__(self, session: "SessionRecorder", stream: StreamWriter) -> None:
        self._session = session
        self._stream = stream
        self._take = stream.take
        self._queue = session.queue
        self._backlog = session.backlog
        self._has_ended = False
        self._run: Run | None = None  # None: nothing is taken
        self.begin_run()

    def begin_run(self) -> None:
        """What comes from now on is ordered behind what is in the queue."""
        takes = not (self._session.is_off or self._has_ended)
        self._run = Run(self._backlog) if takes else None

    def rtp(self, packet: bytes, arrival: float) -> None:
        """Hand over one decrypted RTP packet that came at unix time ``arrival``.

        The bytes must stay as they are: they are written later.
        """
        self.rtp_run([packet], arrival)

    def rtp_run(self, packets: list[bytes], arrival: float) -> None:
        """Hand over packets that came in a row."""
        run = self._run
        if run is None:
            return
        backlog = self._backlog
        if backlog.given - backlog.taken >= _QUEUE_LIMIT:
            self._stream.overflow += len(packets)
            return
        backlog.given += len(packets)
        run.extend(zip(packets, repeat(arrival)))
        if not run.is_ordered:
            run.is_ordered = True
            self._queue.append((self._take, run, arrival))

    def sender_report(self, ntp: int, rtp_timestamp: int, arrival: float) -> None:
        """Hand over a sender report: 64-bit NTP time, its RTP timestamp, unix arrival time."""
        if not self._has_ended:
            self._session.order(self._stream.report, (ntp, rtp_timestamp), arrival)
            self.begin_run()

    def gap(self, cause: GapCause | str) -> None:
        """Say why packets stop from now on; the gap ends with the next frame."""
        if not self._has_ended:
            self._session.order(self._stream.explain, GapCause(cause))
            self.begin_run()

    def end(self, cause: GapCause | str | None) -> None:
        """Seal this stream's segment. None: it left for good; else a gap opens until it is back."""
        if not self._has_ended:
            self._has_ended = True
            self.begin_run()
            self._session.end(self._stream, GapCause(cause) if cause else None)


class SessionRecorder:
    """The recording of one session. Its calls after ``close`` do nothing."""

    def __init__(
        self,
        writer: SessionWriter,
        queue: deque[Order],
        backlog: Backlog,
        clock: Callable[[], float],
    ) -> None:
        self.is_off = False
        self.queue = queue
        self.backlog = backlog
        self._writer = writer
        self._clock = clock
        self._tracks: dict[tuple[str, TrackKind], TrackRecorder] = {}
        self._is_closed = False

    def order(
        self, order: Callable[[Any, float], None], what: Any, at: float | None = None
    ) -> None:
        """Queue an order for the writer thread; after ``close`` there is nothing to order."""
        if not self._is_closed:
            self.queue.append((order, what, self._clock() if at is None else at))

    def track(
        self, participant: str, kind: TrackKind | str, codec: Codec | str, clock_rate: int
    ) -> TrackRecorder:
        """Begin a stream. One of the same participant and kind that is still open is ended with
        cause ``reconnect``; segment numbers go on. Raises ValueError on a bad id, kind or codec.
        """
        key = (checked_name(participant), TrackKind(kind))
        if clock_rate <= 0:
            raise ValueError("a clock rate is positive")
        stream = StreamWriter(key, Codec(codec), clock_rate)
        if before := self._tracks.get(key):
            before.end(GapCause.RECONNECT)
        track = self._tracks[key] = TrackRecorder(self, stream)
        self.order(self._writer.begin, stream)
        return track

    def end(self, stream: StreamWriter, cause: GapCause | None) -> None:
        """End a stream; see ``TrackRecorder.end``."""
        self.order(self._writer.end, (stream, cause))

    def pause(self, reason: str) -> None:
        """Take not one packet more, seal what was taken before. Idempotent."""
        if not self.is_off:
            self.is_off = True
            self.order(self._writer.pause, reason)
            self._begin_runs()

    def resume(self) -> None:
        """Take packets again. Idempotent."""
        if self.is_off and not self._is_closed:
            self.is_off = False
            self.order(self._writer.resume, None)
            self._begin_runs()

    def close(self, reason: str) -> None:
        """Seal everything; the Closed event follows. Idempotent."""
        if not self._is_closed:
            self.order(self._writer.close, reason)
            self._is_closed = self.is_off = True
            self._begin_runs()

    def _begin_runs(self) -> None:
        for track in self._tracks.values():
            track.begin_run()


class Recorder:
    """Owns the writer thread and the folder of recordings of one relay process."""

    def __init__(
        self,
        root: Path,
        on_event: Callable[[RecorderEvent], None],
        clock: Callable[[], float] = time.time,
        key: SigningKey | None = None,
        reserve: int = 0,
        second: Path | None = None,
        vault: Vault | None = None,
    ) -> None:
        """``on_event`` is called on the writer thread, ``clock`` (unix seconds) on both.

        With ``key`` a session is signed when it is closed. With less than ``reserve`` bytes of
        free space no new recording begins; those that have begun go on. ``second`` is a folder
        on another volume, to go on in when the disk below ``root`` fails or hangs. With ``vault``
        media lies encrypted on both.
        """
        self._second = second
        self._root = root
        self._key = key
        self._vault = vault
        self._reserve = reserve
        self._on_event = on_event
        self._clock = clock
        self._queue: deque[Order] = deque()
        self._backlog = Backlog()
        self._redirect: Redirect = {}
        self._relieved: list[WriterThread] = []
        self._writer = self._new_writer()
        self._writer.start()
        self._watch = Watch(lambda: self._writer.steps, self._stalled, self._hangs_on)

    def recover(self) -> list[Segment]:
        """Finish and seal every file a crash left open. Blocks; to be called first."""
        roots = [self._root] + ([self._second] if self._second else [])
        return [segment for root in roots for segment in recover(root, self._vault)]

    def open_session(self, session: str, continues: str | None = None) -> SessionRecorder:
        """Arm the recording, or go on with it after a restart. Raises ValueError on a bad id.

        ``continues``: the session of an earlier day that this one goes on with (改日继续).
        """
        earlier = self._root / checked_name(continues) if continues else None
        writer = self._new_session(self._root, checked_name(session), earlier)
        handle = SessionRecorder(writer, self._queue, self._backlog, self._clock)
        self._queue.append((self._admit, writer, self._clock()))
        self._writer.wake()
        return handle

    def close(self) -> None:
        """Seal every open session and stop the thread. Blocks until the disk has it all.

        A session that was not closed stays open to be continued by the next process.
        """
        self._watch.close()
        self._writer.stop()
        for writer in self._relieved:
            writer.stop(_PATIENCE_S)

    def _emit(self, event: RecorderEvent) -> None:
        try:
            self._on_event(event)
        except Exception:  # the receiver's bug must not end the recording
            log.exception("recorder.event_refused")

    def _sign(self, folder: Path) -> None:
        assert self._key is not None
        manifest.seal(folder, self._key, self._clock())

    def _stalled(self) -> None:
        """Called by the watch: the writer has not come back from the disk for a while."""
        self._writer.has_stalled = True
        for session in [it for it in self._writer.sessions if not it.is_done]:
            session.tell_stalled()

    def _hangs_on(self) -> None:
        """Called by the watch: nor for longer. Another thread goes on, on the second volume."""
        hanging = self._writer
        if self._second is None or not hanging.sessions:
            return
        hanging.is_relieved = True
        self._relieved.append(hanging)
        self._writer = self._new_writer()
        now = self._clock()
        for session in [it for it in hanging.sessions if not it.is_done]:
            self._writer.sessions.append(self._stand_in(session, now))
        self._writer.start()

    def _move_failing(self, sessions: list[SessionWriter], now: float) -> None:
        """Called by the writer thread: what its disk has refused for a while goes elsewhere."""
        for session in [it for it in sessions if it.fails_for() >= _PATIENCE_S]:
            if self._second is None or session.folder.parent == self._second:
                continue
            sessions.append(self._stand_in(session, now))
            sessions.remove(session)
            session.give_way(now)

    def _stand_in(self, session: SessionWriter, now: float) -> SessionWriter:
        assert self._second is not None
        other = self._new_session(self._second, session.session)
        self._redirect |= session.hand_over(other, now)
        log.warning("recording.moved", extra={"session": session.session})
        return other

    def _new_session(
        self, root: Path, session: str, continues: Path | None = None
    ) -> SessionWriter:
        return SessionWriter(
            root / session,
            session,
            self._emit,
            self._sign if self._key else None,
            self._reserve,
            self._vault,
            continues,
        )

    def _new_writer(self) -> WriterThread:
        return WriterThread(self._queue, self._redirect, self._clock, self._move_failing)

    def _admit(self, writer: SessionWriter, at: float) -> None:
        sessions = self._writer.sessions
        for older in [it for it in sessions if it.session == writer.session]:
            older.give_way(at)  # a journal has one writer
            sessions.remove(older)
        sessions.append(writer)
        writer.open(None, at)
