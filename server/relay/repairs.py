"""Packets that have not come: which, since when, and how often they were asked for."""

_PATIENCE = 0.015  # seconds that a packet may be late before it counts as lost
_INTERVAL = 0.08
_TRIES = 8
_MOST = 300  # missing at once; beyond it only a key frame helps


class Repairs:
    """The missing packets of one stream."""

    __slots__ = ("lost", "missing")

    def __init__(self) -> None:
        self.missing: dict[int, tuple[float, int]] = {}
        self.lost = 0  # packets that were not merely late, repaired or not

    def miss(self, first: int, count: int, now: float) -> bool:
        """Note ``count`` packets from ``first`` on. False: too many to repair, all are given up."""
        if len(self.missing) + count > _MOST:
            self.lost += count
            self.missing.clear()
            return False
        for number in range(first, first + count):
            self.missing[number & 0xFFFF] = (now + _PATIENCE, 0)
        return True

    def came(self, seq: int) -> None:
        """A packet came out of order."""
        self.missing.pop(seq, None)

    def due(self, now: float) -> list[int]:
        """The sequence numbers to ask for now."""
        asked = []
        for seq, (when, tries) in list(self.missing.items()):
            if when > now:
                continue
            if tries == 0:
                self.lost += 1
            if tries < _TRIES:
                self.missing[seq] = (now + _INTERVAL, tries + 1)
                asked.append(seq)
            else:
                del self.missing[seq]
        return asked
