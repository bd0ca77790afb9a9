"""How often something may happen: a few times at once, then once in a while.

Told by arrivals, not by the thread's own clock: after a disk that hung, minutes of packets are
worked off in a moment.
"""

from math import inf

# Packets that were put back into order are a little older than the one before; a clock that goes
# back further was set.
_SET_BACK_S = 5.0


class Allowance:
    """``at_once`` times, and once more for each ``every`` seconds that pass."""

    def __init__(self, at_once: int, every: float) -> None:
        self._most = self._left = float(at_once)
        self._every = every
        self._now = 0.0
        self._refused_at = -inf

    def take(self, now: float) -> bool:
        """Whether it may happen at unix time ``now``; then it counts as having happened."""
        passed = now - self._now
        if passed > 0 or passed < -_SET_BACK_S:
            self._now = now
            self._left = min(self._left + max(passed, 0.0) / self._every, self._most)
        if self._left < 1:
            self._refused_at = now
            return False
        self._left -= 1
        return True

    def was_short(self, now: float, within: float) -> bool:
        """Whether something was refused in the last ``within`` seconds."""
        return abs(now - self._refused_at) < within
