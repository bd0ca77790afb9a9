"""Layers: a camera that is sent in several sizes, and which of them each receiver gets.

Sound first, then the smallest pictures of everybody, then larger ones as far as the line goes.
"""

from collections.abc import Mapping, Sequence

from server.relay.source import Source

_SOUND = 40_000  # bit/s that a voice takes, with its headers
_QUIET = 1.0  # seconds; a layer that says nothing for so long has been switched off
_SMOOTH = 2.0  # of a rate, a second
_SPARE = 1.15  # times what a larger picture needs, before it is tried
_SETTLED = 5.0  # seconds after a step down until a step up
_STEP_UP = 2.0  # seconds between steps up: each one costs a key frame
_BACK = 10.0  # seconds that a larger picture must last until it is recorded again
_GONE = 1.5  # seconds without the recorded layer until another one is recorded


class Pace:
    """How fast a counter of octets grows."""

    __slots__ = ("_at", "_octets", "rate")

    def __init__(self, now: float) -> None:
        self.rate = 0.0  # bit/s, smoothed
        self._octets = 0
        self._at = now

    def look(self, octets: int, now: float) -> float:
        """Measure and return the rate; called often."""
        passed = max(now - self._at, 0.001)
        rate = (octets - self._octets) * 8 / passed
        self.rate += (rate - self.rate) * min(1.0, _SMOOTH * passed)
        self._octets, self._at = octets, now
        return self.rate


class Layer:
    """One size of a camera's picture, and what it costs."""

    __slots__ = ("pace", "source")

    def __init__(self, source: Source, now: float) -> None:
        self.source = source
        self.pace = Pace(now)

    def is_live(self, now: float) -> bool:
        return self.source.highest >= 0 and now - self.source.heard < _QUIET


def rates(layers: Sequence[Layer], now: float) -> list[float]:
    """What each layer costs (bit/s), the smallest first; 0 for one that does not come."""
    return [max(layer.pace.rate, 1.0) if layer.is_live(now) else 0.0 for layer in layers]


class Choice:
    """What one receiver gets: for each place the number of a layer, 0 the smallest."""

    __slots__ = ("_next_up", "levels", "wish")

    def __init__(self) -> None:
        self.levels: dict[int, int] = {}
        self.wish = 0.0  # bit/s of pictures, if the line carried one step more
        self._next_up = 0.0

    def choose(self, budget: float, offered: Mapping[int, Sequence[float]], now: float) -> None:
        """Fit the offered layers (place: rates) into ``budget`` bit/s."""
        fitting, self.wish = _fit(budget, offered, self.levels)
        before = {place: self.levels.get(place, level) for place, level in fitting.items()}
        if any(fitting[place] < level for place, level in before.items()):
            self._next_up = now + _SETTLED
        elif fitting != before:
            if now < self._next_up:
                return
            self._next_up = now + _STEP_UP
        self.levels = fitting


def _fit(
    budget: float, offered: Mapping[int, Sequence[float]], present: Mapping[int, int]
) -> tuple[dict[int, int], float]:
    """Raise whoever has the smallest picture as long as the sum fits; also what was too much."""
    usable = {
        place: [number for number, rate in enumerate(costs) if rate]
        for place, costs in offered.items()
    }
    levels = {place: numbers[0] for place, numbers in usable.items() if numbers}
    total = sum(offered[place][level] for place, level in levels.items())
    wish = total
    waiting = set(levels)
    while waiting:
        place = min(waiting, key=lambda one: (levels[one], one))
        higher = [number for number in usable[place] if number > levels[place]]
        if not higher:
            waiting.discard(place)
            continue
        needed = total - offered[place][levels[place]] + offered[place][higher[0]]
        known = place not in present or higher[0] <= present[place]
        if needed * (1.0 if known else _SPARE) <= budget:
            levels[place], total = higher[0], needed
        else:
            wish = max(wish, needed)
            waiting.discard(place)
    return levels, max(wish, total)


def pick(layers: Sequence[Layer], level: int, now: float) -> Source:
    """The layer to show: the wanted one, or the next smaller, or whichever comes at all."""
    live = [number for number, layer in enumerate(layers) if layer.is_live(now)]
    if not live:
        return layers[-1].source
    return layers[max((number for number in live if number <= level), default=live[0])].source


class View:
    """The cameras as one receiver sees them: ``picks`` says which source shows each place."""

    __slots__ = ("_choice", "_paper", "picks")

    def __init__(self, now: float) -> None:
        self.picks: dict[int, Source] = {}
        self._choice = Choice()
        self._paper = Pace(now)

    def choose(
        self, line: float, others: Mapping[int, Sequence[Layer]], paper: int, now: float
    ) -> float:
        """Fit the layers of each place to a line; ``paper`` octets of a screen were sent so far.

        Returns what the line would have to carry (bit/s) for one step more.
        """
        rest = _SOUND * len(others) + self._paper.look(paper, now)
        offered = {place: rates(layers, now) for place, layers in others.items()}
        self._choice.choose(line - rest, offered, now)
        levels = self._choice.levels
        self.picks = {
            place: pick(layers, levels.get(place, len(layers)), now)
            for place, layers in others.items()
        }
        return self._choice.wish + rest


class Recorded:
    """Which layer is recorded: the largest, or the largest that comes for longer than a moment."""

    __slots__ = ("_since", "source")

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.source = layers[-1].source
        self._since: float | None = None  # since when another one would be better

    def look(self, layers: Sequence[Layer], now: float) -> bool:
        """Decide anew; True when another layer is to be recorded from now on."""
        best = pick(layers, len(layers), now)
        if best is self.source:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        present = next(layer for layer in layers if layer.source is self.source)
        if now - self._since < (_BACK if present.is_live(now) else _GONE):
            return False
        self.source, self._since = best, None
        return True
