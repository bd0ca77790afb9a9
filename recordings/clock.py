"""RTP timestamps to the server's wall clock, so that all tracks of a session stay in step.

Two sources, the better one wins. *Arrivals*: a packet cannot come before it was sent, so the
least (arrival - media time) of the last half minute is the offset with the least queueing in it;
the window lets it follow a drifting sender. *Sender reports*: they put a participant's tracks on
one clock of the sender, which arrivals then put on ours; only they know that a picture took
longer to encode than its sound.
"""

from math import inf

_WINDOW = 15.0
_REPORT_WINDOW = 60.0
_JUMP = 10.0
# A report further than this from what arrivals say is wrong or hostile.
_REPORT_TRUST = 1.0
_NTP_EPOCH = 2_208_988_800


class Minimum:
    """The least value of the last one to two windows."""

    def __init__(self, window: float) -> None:
        self._window = window
        self.clear()

    def clear(self) -> None:
        self._current = self._previous = inf
        self._since = -inf
        self.value = inf  # before the first one

    def add(self, value: float, now: float) -> None:
        if now - self._since >= self._window:
            self._previous, self._current, self._since = self._current, value, now
            self.value = min(self._previous, value)
        elif value < self._current:
            self._current = value
            self.value = min(self._previous, value)


class SenderClock:
    """The clock all tracks of one participant's device share: its NTP time to our wall clock."""

    def __init__(self) -> None:
        self._offset = Minimum(_REPORT_WINDOW)

    def observe(self, ntp: float, arrival: float) -> None:
        """A sender report said ``ntp`` (unix seconds of the sender) and came at ``arrival``."""
        offset = arrival - ntp
        if abs(offset - self._offset.value) > _REPORT_TRUST:
            self._offset.clear()  # another device, or somebody set its clock
        self._offset.add(offset, arrival)

    def wall(self, ntp: float) -> float:
        return ntp + self._offset.value


class TrackClock:
    """Unwraps the RTP timestamps of one stream and places them on the wall clock."""

    def __init__(self, rate: int, sender: SenderClock) -> None:
        self._rate = rate
        self._sender = sender
        self._ticks: int | None = None
        self._offset = Minimum(_WINDOW)
        self._report: tuple[float, int] | None = None

    def ticks(self, timestamp: int) -> int:
        """The timestamp without its wrap at 32 bits."""
        if self._ticks is None:
            self._ticks = timestamp
        step = (timestamp - self._ticks + 0x8000_0000 & 0xFFFF_FFFF) - 0x8000_0000
        self._ticks += step
        return self._ticks

    def place(self, timestamp: int, arrival: float) -> int | None:
        """A frame came at unix time ``arrival``: its ticks. None when its time does not fit the
        frames before, because the sender's counter jumped; then ``restart``, and place it anew.
        """
        ticks = self.ticks(timestamp)
        offset = arrival - ticks / self._rate
        known = self._offset
        if known.value < inf and not -_JUMP <= offset - known.value <= _JUMP:
            return None
        known.add(offset, arrival)
        return ticks

    def report(self, ntp: int, timestamp: int, arrival: float) -> None:
        """A sender report: 64-bit NTP time, the RTP timestamp of the same moment, its arrival."""
        moment = ntp / (1 << 32) - _NTP_EPOCH
        self._report = (moment, self.ticks(timestamp))
        self._sender.observe(moment, arrival)

    def restart(self) -> None:
        """Forget everything; after a silence the sender's counter may stand elsewhere."""
        self._ticks = None
        self._offset.clear()
        self._report = None

    def wall(self, ticks: int) -> float:
        """Unix time of the moment ``ticks``; needs one frame observed."""
        arrived = ticks / self._rate + self._offset.value
        if self._report is None:
            return arrived
        moment, at = self._report
        reported = self._sender.wall(moment + (ticks - at) / self._rate)
        return reported if abs(reported - arrived) <= _REPORT_TRUST else arrived
