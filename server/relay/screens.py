"""Shared pages: which one each circle sees. It is the one that began last; once that one rests,
another one that comes.
"""

from collections.abc import Collection

from server.relay.source import Source

_IDLE = 3.0  # seconds; a screen that sends nothing for so long may be taken over


class Screens:
    """The screens of a room, of all circles, in the order in which they were presented."""

    def __init__(self) -> None:
        self._order: list[Source] = []

    def present(self, screen: Source) -> bool:
        """Show this one from now on wherever it may be seen; False if it was the last before."""
        if self._order[-1:] == [screen]:
            return False
        self._order = [one for one in self._order if one is not screen] + [screen]
        return True

    def keep(self, screens: Collection[Source]) -> None:
        """Forget all but these."""
        self._order = [one for one in self._order if one in screens]

    def shown(self, circle: Collection[Source]) -> Source | None:
        """The screen that is shown in a circle, given the screens of who is in it."""
        return next((one for one in reversed(self._order) if one in circle), None)

    def look(self, circle: Collection[Source], now: float) -> bool:
        """Let another screen of a circle take over from one that rests; True when one does."""
        shown = self.shown(circle)
        if shown is not None and now - shown.heard <= _IDLE:
            return False
        active = [one for one in circle if one.packets and now - one.heard <= _IDLE]
        return bool(active) and self.present(max(active, key=lambda one: one.heard))
