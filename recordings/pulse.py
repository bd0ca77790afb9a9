"""Whether what comes of a stream is written: what is not is the recorder's fault, known at once.

Looked at once for each run of packets, not for each packet. Two clocks must both have gone on
since the last frame was written: the arrivals (packets come) and the RTP time in them (they belong
to more than one picture: a large key frame over a thin line takes seconds, and is no fault).
"""

from collections.abc import Callable

# From so many packets on, and for so long, something should have been written. What is missing is
# waited for half a second (see rtp.py), so it must be longer than that.
_MANY_PACKETS = 10
_STALLED_S = 0.8
# A picture that was lost waits for a key frame, on a bad line for some seconds.
_KEY_OVERDUE_S = 10.0
# Nothing came for so long: what comes now begins anew.
_QUIET_S = 0.5


class Pulse:
    """Follows one stream on the writer thread."""

    def __init__(self, rate: int, written: Callable[[], int]) -> None:
        """``rate`` in Hz of the RTP clock; ``written`` counts frames."""
        self._rate = rate
        self._count = written
        self._written = -1
        self._packets = 0
        self._since = self._latest = 0.0  # arrivals, unix seconds
        self._first = self._last = 0  # RTP times

    def took(self, packets: int, begun: float, timestamp: int, arrival: float) -> None:
        """A run of ``packets`` was worked off: the first one's arrival, the last one's RTP time and
        arrival.
        """
        written = self._count()
        if written != self._written or begun - self._latest > _QUIET_S:
            self._written, self._packets = written, 0
            self._since, self._first = arrival, timestamp
        else:
            self._packets += packets
        self._latest, self._last = arrival, timestamp

    def has_stalled(self, awaits_key: bool) -> bool:
        """Whether packets have come and come, and nothing of them is written.

        ``awaits_key``: a picture was lost on the way, and nothing can be written before the next
        key frame. Somebody muted sends silence, and that is written; a camera that is off or a line
        that is quiet sends nothing, and then nothing is amiss here.
        """
        if self._packets < _MANY_PACKETS or self._written != self._count():
            return False
        lasts = self._latest - self._since
        media = ((self._last - self._first) & 0xFFFF_FFFF) / self._rate
        if awaits_key:
            return lasts >= _KEY_OVERDUE_S
        return lasts >= _KEY_OVERDUE_S or (lasts >= _STALLED_S and media >= _STALLED_S)
