"""How well a peer is connected, from counters that the packet path keeps anyway."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.relay.slot import Slot
from server.relay.source import Source

# Where courts' own system draws the lines for people to see.
_POOR, _BAD = 0.10, 0.15
# A 720p camera's key frame is some 60 KB, 500 kbit: one that nobody needs may be a twelfth of what
# is sent, and the least of these lines gets one in ten seconds.
_ROOMY_KBPS, _ROOMY_LOSS = 600, 0.02
_ROOMY_KBIT = 6000
_CALM = 10.0  # seconds from one word about a level to the next


class Level(StrEnum):
    """The words that screens use."""

    GOOD = "good"
    POOR = "poor"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Quality:
    """One measurement. ``loss`` is the worse direction's, 0..1; rates are the uplink's."""

    loss: float
    rtt_ms: int | None
    kbps: int
    fps: int

    @property
    def level(self) -> Level:
        if self.loss < _POOR:
            return Level.GOOD
        return Level.POOR if self.loss < _BAD else Level.BAD

    def spares_keyframe(self, after: float) -> bool:
        """Whether the uplink has room for one that is not needed, so many seconds after another."""
        roomy = self.kbps >= _ROOMY_KBPS and self.loss < _ROOMY_LOSS
        return roomy and self.kbps * after >= _ROOMY_KBIT

    def as_json(self) -> dict[str, object]:
        return {
            "loss": round(self.loss, 4),
            "rtt_ms": self.rtt_ms,
            "kbps": self.kbps,
            "fps": self.fps,
            "level": self.level.value,
        }


class Meter:
    """Differences between one look at a peer's counters and the next."""

    __slots__ = (
        "_at",
        "_down",
        "_frames",
        "_lost",
        "_octets",
        "_packets",
        "_told",
        "_told_at",
        "last",
    )

    def __init__(self, now: float) -> None:
        self._at = now
        self._packets = self._lost = self._octets = self._frames = 0
        self._down: dict[int, int] = {}
        self.last = Quality(0.0, None, 0, 0)
        self._told = Level.GOOD  # what everybody takes for granted
        self._told_at = now - _CALM

    def measure(
        self, now: float, sources: Sequence[Source], slots: Sequence[Slot], rtt: float | None
    ) -> Quality:
        """Look at the counters; what is between this look and the last one is the quality."""
        passed = max(now - self._at, 0.001)
        packets = sum(source.packets for source in sources)
        lost = sum(source.repairs.lost for source in sources)
        octets = sum(source.octets for source in sources)
        frames = sources[1].frames
        came, gone = packets - self._packets, max(0, lost - self._lost)
        up = gone / (came + gone) if came + gone else 0.0
        self.last = Quality(
            loss=max(up, self._downlink(slots)),
            rtt_ms=None if rtt is None else round(rtt * 1000),
            kbps=round((octets - self._octets) * 8 / passed / 1000),
            fps=round((frames - self._frames) / passed),
        )
        self._at, self._packets, self._lost = now, packets, lost
        self._octets, self._frames = octets, frames
        return self.last

    def tells(self, now: float) -> bool:
        """Whether the level is another than was last told, and it is time to tell it."""
        if self.last.level is self._told or now - self._told_at < _CALM:
            return False
        self._told, self._told_at = self.last.level, now
        return True

    def _downlink(self, slots: Sequence[Slot]) -> float:
        """What the receiver says it lost, each stream weighed by its packets."""
        sent = {slot.ssrc: slot.packets - self._down.get(slot.ssrc, 0) for slot in slots}
        self._down = {slot.ssrc: slot.packets for slot in slots}
        total = sum(sent.values())
        return sum(slot.reports.lost * sent[slot.ssrc] for slot in slots) / total if total else 0.0
