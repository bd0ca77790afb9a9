"""How often one receiver's wish for a key frame is granted: everybody who looks on pays for it with
a worse picture, and the publisher's line with a heap of packets.
"""

_ON_ITS_WAY = 0.3  # seconds in which the wished for cannot have come yet
_FIRST, _LONGEST = 1.0, 4.0  # seconds from one to the next; twice as long each time it goes on
_CALM = 10.0  # seconds without a wish after which the next one waits no longer than the first


class Wishes:
    """Of one slot. A wish that comes too soon is granted when ``due`` is asked later."""

    __slots__ = ("_granted", "_pending", "_wait")

    def __init__(self) -> None:
        self._granted = float("-inf")
        self._wait = _FIRST
        self._pending = False

    def grants(self, now: float) -> bool:
        """Take a wish; whether a key frame is to be asked for now."""
        passed = now - self._granted
        if passed < _ON_ITS_WAY:
            return False
        self._pending = passed < self._wait
        if self._pending:
            return False
        self._wait = _FIRST if passed >= _CALM else min(2 * self._wait, _LONGEST)
        self._granted = now
        return True

    def due(self, now: float) -> bool:
        """Whether a wish that came too soon is granted now."""
        return self._pending and self.grants(now)
