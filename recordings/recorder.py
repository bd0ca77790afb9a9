"""The recorder as the relay sees it: cheap calls on the loop, all work on one writer thread.

    recorder = Recorder(root, on_event)         one a process
    session = recorder.open_session(session_id) one a recorded session
    track = session.track(participant, TrackKind.CAMERA, Codec.VP8, 90000)
    track.rtp(packet, arrival)                  for each decrypted packet

No call blocks or touches the disk, except ``recover`` and ``close`` of the Recorder. They are to
be made from one thread. What they order reaches the writer in one queue of ``(order, what, at)``,
so a pause stands exactly between the packets before it and those after.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recordings import manifest
from recordings.events import RecorderEvent
from recordings.keys import SigningKey
from recordings.model import Codec, GapCause, TrackKind, checked_name
from recordings.records import Segment
from recordings.recover import recover
from recordings.session import SessionWriter
from recordings.stream import StreamWriter
from recordings.watch import Watch

log = logging.getLogger(__name__)

Order = tuple[Callable[[Any, float], None], Any, float]

# Some seconds of a full relay, under 100 MB.
_QUEUE_LIMIT = 65_536
# The writer looks at the queue so often: waking it for each packet would cost more than writing.
_POLL_S = 0.02
_TICK_S = 0.25
_SYNC_S = 1.0


class TrackRecorder:
    """One incoming RTP stream. After ``end`` it takes nothing more."""

    def __init__(self, session: "SessionRecorder", stream: StreamWriter) -> None:
        self._session = session
        self._stream = stream
        self._take = stream.take
        self._queue = session.queue
        self._has_ended = False

    def rtp(self, packet: bytes, arrival: float) -> None:
        """Hand over one decrypted RTP packet that came at unix time ``arrival``.

        The bytes must stay as they are: they are written later.
        """
        if self._session.is_off or self._has_ended:
            return
        queue = self._queue
        if len(queue) < _QUEUE_LIMIT:
            queue.append((self._take, packet, arrival))
        else:
            self._stream.overflow += 1

    def sender_report(self, ntp: int, rtp_timestamp: int, arrival: float) -> None:
        """Hand over a sender report: 64-bit NTP time, its RTP timestamp, unix arrival time."""
        if not self._has_ended:
            self._session.order(self._stream.report, (ntp, rtp_timestamp), arrival)

    def gap(self, cause: GapCause | str) -> None:
        """Say why packets stop from now on; the gap ends with the next frame."""
        if not self._has_ended:
            self._session.order(self._stream.explain, GapCause(cause))

    def end(self, cause: GapCause | str | None) -> None:
        """Seal this stream's segment. None: it left for good; else a gap opens until it is back."""
        if not self._has_ended:
            self._has_ended = True
            self._session.end(self._stream, GapCause(cause) if cause else None)


class SessionRecorder:
    """The recording of one session. Its calls after ``close`` do nothing."""

    def __init__(
        self, writer: SessionWriter, queue: deque[Order], clock: Callable[[], float]
    ) -> None:
        self.is_off = False
        self.queue = queue
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

    def resume(self) -> None:
        """Take packets again. Idempotent."""
        if self.is_off and not self._is_closed:
            self.is_off = False
            self.order(self._writer.resume, None)

    def close(self, reason: str) -> None:
        """Seal everything; the Closed event follows. Idempotent."""
        if not self._is_closed:
            self.order(self._writer.close, reason)
            self._is_closed = self.is_off = True


class Recorder:
    """Owns the writer thread and the folder of recordings of one relay process."""

    def __init__(
        self,
        root: Path,
        on_event: Callable[[RecorderEvent], None],
        clock: Callable[[], float] = time.time,
        key: SigningKey | None = None,
        reserve: int = 0,
    ) -> None:
        """``on_event`` is called on the writer thread, ``clock`` (unix seconds) on both.

        With ``key`` a session is signed when it is closed. With less than ``reserve`` bytes of
        free space no new recording begins; those that have begun go on.
        """
        self._root = root
        self._key = key
        self._reserve = reserve
        self._on_event = on_event
        self._clock = clock
        self._queue: deque[Order] = deque()
        self._sessions: list[SessionWriter] = []
        self._is_stopping = False
        self._steps = 0  # of the writer, for the watch
        self._has_stalled = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        self._watch = Watch(lambda: self._steps, self._stalled)

    def recover(self) -> list[Segment]:
        """Finish and seal every file a crash left open. Blocks; to be called first."""
        return recover(self._root)

    def open_session(self, session: str) -> SessionRecorder:
        """Arm the recording, or continue an earlier one. Raises ValueError on a bad id."""
        folder = self._root / checked_name(session)
        sign = self._sign if self._key else None
        writer = SessionWriter(folder, session, self._emit, sign, self._reserve)
        handle = SessionRecorder(writer, self._queue, self._clock)
        self._queue.append((self._admit, writer, self._clock()))
        self._wake.set()
        return handle

    def close(self) -> None:
        """Seal every open session and stop the thread. Blocks until the disk has it all.

        A session that was not closed stays open to be continued by the next process.
        """
        self._is_stopping = True
        self._wake.set()
        self._thread.join()
        self._watch.close()

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
        self._has_stalled = True
        for session in [it for it in self._sessions if not it.is_done]:
            session.tell_stalled()

    def _run(self) -> None:
        tick_at = sync_at = 0.0
        while True:
            # What came before ``now`` is in the queue already: a tick after it sees no silence
            # that is only our own lateness.
            now, passed = self._clock(), time.monotonic()
            self._steps += 1
            self._work_off()
            if passed >= tick_at:
                tick_at = passed + _TICK_S
                self._each(SessionWriter.tick, now)
            if self._has_stalled:
                self._has_stalled = False
                self._each(SessionWriter.go_on, now)
            if passed >= sync_at:
                sync_at = passed + _SYNC_S
                self._each(SessionWriter.sync, now)
                self._sessions = [it for it in self._sessions if not it.is_done]
            if self._is_stopping and not self._queue:
                break
            self._wake.wait(_POLL_S if self._sessions or self._queue else None)
            self._wake.clear()
        self._each(SessionWriter.give_way, self._clock())

    def _work_off(self) -> None:
        queue = self._queue
        for _ in range(len(queue)):
            order, what, at = queue.popleft()
            self._steps += 1
            try:
                order(what, at)
            except Exception:
                log.exception("recorder.broke")
                _tell(getattr(order, "__self__", None))

    def _each(self, action: Callable[[SessionWriter, float], None], now: float) -> None:
        for session in [it for it in self._sessions if not it.is_done]:
            self._steps += 1
            try:
                action(session, now)
            except Exception:
                log.exception("recorder.broke")
                session.broke()

    def _admit(self, writer: SessionWriter, at: float) -> None:
        for older in [it for it in self._sessions if it.session == writer.session]:
            older.give_way(at)  # a journal has one writer
            self._sessions.remove(older)
        self._sessions.append(writer)
        writer.open(None, at)


def _tell(owner: object) -> None:
    """A bug in one session: the thread goes on for all the others, and this one says so."""
    writer = owner.owner if isinstance(owner, StreamWriter) else owner
    if isinstance(writer, SessionWriter):
        writer.broke()
