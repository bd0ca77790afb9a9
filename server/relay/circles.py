"""Circles: who may be in a room, who of them sees and hears whom, whose microphone is shut.

The web process says it in one piece, with a version that only grows: what comes late and is older
changes nothing. A room of which nothing was said yet is one circle of everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

JOINT = "joint"
"""The one circle whose talk belongs to the session's own recording."""


@dataclass(frozen=True, slots=True)
class Circles:
    """``groups``: the circle of each peer that may be here; None: anybody, all in one circle.

    ``kept``: the circle apart that has a recording of its own, named like it; None: none has.
    """

    version: int = 0
    groups: Mapping[str, str] | None = None
    muted: frozenset[str] = frozenset()
    kept: str | None = None

    def same_as(self, other: "Circles") -> bool:
        """Tell whether both say the same, whatever their versions."""
        mine, theirs = (self.groups, self.muted), (other.groups, other.muted)
        return mine == theirs and self.kept == other.kept

    def admits(self, peer: str) -> bool:
        """Tell whether this peer may be in the room at all."""
        return self.groups is None or peer in self.groups

    def together(self, one: str, other: str) -> bool:
        """Tell whether the two may see and hear one another."""
        if self.groups is None:
            return True
        circle = self.groups.get(one)
        return circle is not None and circle == self.groups.get(other)

    def recorded(self, peer: str) -> bool:
        """Tell whether what this peer sends belongs to the session's own recording."""
        return self.groups is None or self.groups.get(peer) == JOINT

    def kept_apart(self, peer: str) -> bool:
        """Tell whether what this peer sends belongs to the recording of the talk apart."""
        if self.kept is None or self.groups is None:
            return False
        return self.groups.get(peer) == self.kept
