"""How busy the relay is, and whether one more room fits.

A relay runs on one core, so its load is the share of one core that the process uses. A room costs
nothing yet when it is opened; for some seconds it therefore counts with what the others cost.
"""

_FULL = 0.85  # of a core: what is above is for the moments when everybody moves at once
_ROOM = 0.03  # of a core, what a room is thought to cost while it cannot be seen
_ROOM_LEAST, _ROOM_MOST = 0.02, 0.06
_ENOUGH = 3  # rooms from which one can tell
_SETTLING_S = 10.0
_SMOOTH = 0.2  # of a new second


class Admission:
    """Load and admission of one relay process; times are monotonic seconds."""

    def __init__(self, cpu: float, now: float) -> None:
        """``cpu`` is the CPU time of the process so far, in seconds."""
        self.load = 0.0  # 0..1
        self._before = cpu, now
        self._opened: dict[str, float] = {}

    def measure(self, cpu: float, now: float) -> None:
        """Take another look at the CPU time; about once a second."""
        before, at = self._before
        self._before = cpu, now
        share = (cpu - before) / max(now - at, 0.001)
        self.load = min(1.0, (1 - _SMOOTH) * self.load + _SMOOTH * share)

    def admits(self, rooms: int, now: float) -> bool:
        """Whether another room fits beside the ``rooms`` there are."""
        return self._with_new(rooms, 1, now) <= _FULL

    def expected(self, rooms: int, now: float) -> float:
        """Return the load, 0..1, when the rooms of the last seconds will cost what others do."""
        return min(1.0, self._with_new(rooms, 0, now))

    def _with_new(self, rooms: int, more: int, now: float) -> float:
        self._opened = {room: at for room, at in self._opened.items() if now - at <= _SETTLING_S}
        settled = rooms - len(self._opened)
        one = _ROOM if settled < _ENOUGH else self.load / settled
        one = min(_ROOM_MOST, max(_ROOM_LEAST, one))
        return self.load + one * (len(self._opened) + more)

    def opened(self, room: str, now: float) -> None:
        """Note a new room."""
        self._opened[room] = now

    def closed(self, room: str) -> None:
        """Note that a room has ended."""
        self._opened.pop(room, None)
