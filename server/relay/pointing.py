"""How often somebody may point at a shared page: as a finger moves, not as a program sends."""

LEAST_S = 0.2


class Pointing:
    """When each peer of a room last pointed; who is too fast is not passed on."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def take(self, peer: str, now: float) -> bool:
        """Tell whether this one is passed on; ``now``: seconds of a clock that only grows."""
        if now - self._last.get(peer, -LEAST_S) < LEAST_S:
            return False
        self._last[peer] = now
        return True

    def forget(self, peer: str) -> None:
        """The peer has gone."""
        self._last.pop(peer, None)
