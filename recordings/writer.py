"""The writer thread: works off the queue, looks after its sessions, once a second makes all safe.

When its disk hangs, another one takes over its queue and, on the second volume, its sessions; it
is then *relieved*: once the disk answers, it seals what it has and ends.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from recordings.session import SessionWriter
from recordings.stream import StreamWriter

log = logging.getLogger(__name__)

Order = tuple[Callable[[Any, float], None], Any, float]
Redirect = dict[object, object]
"""Writers and streams that have moved, to what stands in for them: orders name the first."""

# The writer looks at the queue so often: waking it for each packet would cost more than writing,
# and many packets at a time cost less each. While a room waits for its first frame to be on disk it
# looks more often.
_POLL_S = 0.25
_EAGER_POLL_S = 0.02
_TICK_S = 0.5
_SYNC_S = 1.0


class WriterThread:
    """One thread. Everything but ``steps``, ``has_stalled`` and ``is_relieved`` is its own."""

    def __init__(
        self,
        queue: deque[Order],
        redirect: Redirect,
        clock: Callable[[], float],
        each_second: Callable[[list[SessionWriter], float], None],
    ) -> None:
        """``each_second`` is given the sessions after they were made safe, or were not."""
        self.sessions: list[SessionWriter] = []
        self.steps = 0  # for whoever watches
        self.has_stalled = False
        self.is_relieved = False
        self.is_stopping = False
        self._queue = queue
        self._redirect = redirect
        self._clock = clock
        self._each_second = each_second
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Have it look at the queue now; without sessions it does not."""
        self._wake.set()

    def stop(self, patience: float | None = None) -> None:
        """Seal everything and end. Blocks until the disk has it all, at most ``patience`` s."""
        self.is_stopping = True
        self._wake.set()
        self._thread.join(patience)

    def _run(self) -> None:
        tick_at = sync_at = 0.0
        while not self.is_relieved:
            # What came before ``now`` is in the queue already: a tick after it sees no silence
            # that is only our own lateness.
            now, passed = self._clock(), time.monotonic()
            self.steps += 1
            self._work_off()
            if passed >= tick_at:
                tick_at = passed + _TICK_S
                self._each(SessionWriter.tick, now)
            if self.has_stalled:
                self.has_stalled = False
                self._each(SessionWriter.go_on, now)
            if passed >= sync_at:
                sync_at = passed + _SYNC_S
                self._sync(now)
            if self.is_stopping and not self._queue:
                break
            self._wake.wait(self._rest())
            self._wake.clear()
        self._each(SessionWriter.give_way, self._clock(), is_last=True)

    def _rest(self) -> float | None:
        if not (self.sessions or self._queue):
            return None
        return _POLL_S if all(it.is_recording for it in self.sessions) else _EAGER_POLL_S

    def _sync(self, now: float) -> None:
        self._each(SessionWriter.sync, now)
        self.sessions = [it for it in self.sessions if not it.is_done]
        if not self.is_relieved:
            self._each_second(self.sessions, now)

    def _work_off(self) -> None:
        queue, redirect = self._queue, self._redirect
        for _ in range(len(queue)):
            if self.is_relieved:
                break
            order, what, at = queue.popleft()
            self.steps += 1
            try:
                if redirect and (other := redirect.get(getattr(order, "__self__", None))):
                    order = getattr(other, order.__name__)
                order(what, at)
            except Exception:
                log.exception("recorder.broke")
                _tell(getattr(order, "__self__", None))

    def _each(
        self, action: Callable[[SessionWriter, float], None], now: float, is_last: bool = False
    ) -> None:
        for session in [it for it in self.sessions if not it.is_done]:
            if self.is_relieved and not is_last:
                break
            self.steps += 1
            try:
                action(session, now)
            except Exception:
                log.exception("recorder.broke")
                session.broke()


def _tell(owner: object) -> None:
    """A bug in one session: the thread goes on for all the others, and this one says so."""
    writer = owner.owner if isinstance(owner, StreamWriter) else owner
    if isinstance(writer, SessionWriter):
        writer.broke()
