"""What is said about one outgoing stream: our reports, and the receiver's answers to them."""

from server.relay import rtcp
from server.relay.clock import Clock

_REMEMBERED = 8  # reports of ours that a receiver may still refer to
_SMOOTH = 0.4  # of a new share: it is about one second, thus about few packets
_SPAN, _LONGEST_SPAN = 0.9, 5.0  # seconds that a share of lost packets is about
_ENOUGH = 20  # packets to speak of a share


class Reports:
    """``lost`` is the share 0..1 that the receiver says it lost, smoothed."""

    __slots__ = ("_clock", "_counted", "_sent", "lost")

    def __init__(self, clock: Clock) -> None:
        self.lost = 0.0
        self._clock = clock
        self._counted = clock.now, 0, 0  # when, missing and highest as the share before had them
        self._sent: dict[int, float] = {}  # when, by the middle of the NTP time

    def sent(self, ntp: int) -> None:
        """A sender report of this NTP time leaves now."""
        if len(self._sent) >= _REMEMBERED:
            del self._sent[next(iter(self._sent))]
        self._sent[ntp >> 16 & 0xFFFFFFFF] = self._clock.now

    def share_lost(self, block: rtcp.Block) -> float | None:
        """The share 0..1 of packets that did not arrive, when it is time to speak of one."""
        at, missing, highest = self._counted
        expected = (block.highest - highest) & 0xFFFFFFFF
        passed = self._clock.now - at
        if not highest or expected > 0xFFFF:  # the first word, or a receiver that begins anew
            self._counted = self._clock.now, block.missing, block.highest
            return None
        if passed < _SPAN or (expected < _ENOUGH and passed < _LONGEST_SPAN):
            return None
        self._counted = self._clock.now, block.missing, block.highest
        share = min(1.0, max(0, block.missing - missing) / expected) if expected else 0.0
        self.lost += (share - self.lost) * _SMOOTH
        return share

    def round_trip(self, block: rtcp.Block) -> float | None:
        """The round trip in seconds, if the block tells."""
        sent = self._sent.get(block.last_sr)
        if sent is None:
            return None
        return max(0.0, self._clock.now - sent - block.delay / 65536)
