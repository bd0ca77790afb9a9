"""Sees from outside that the writer thread does not get on: a disk that hangs reports no error."""

import threading
from collections.abc import Callable

_LOOK_S = 0.25
# So many looks without a step: 1.25 s. Looks are counted, not seconds: when the whole process was
# held up, this thread was too.
_LOOKS = 5
_MANY_LOOKS = 12  # 3 s: it does not come back soon


class Watch:
    """A thread that looks at a count of steps, and alarms when it stands still, again when it
    still does."""

    def __init__(
        self, steps: Callable[[], int], alarm: Callable[[], None], lasting: Callable[[], None]
    ) -> None:
        """Both are called on the watching thread, once each time the count stands still."""
        self._steps = steps
        self._alarm = alarm
        self._lasting = lasting
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        seen, looks = -1, 0
        while not self._stop.wait(_LOOK_S):
            steps = self._steps()
            looks = looks + 1 if steps == seen else 0
            seen = steps
            if looks == _LOOKS:
                self._alarm()
            elif looks == _MANY_LOOKS:
                self._lasting()
