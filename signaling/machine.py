"""State machines as tables.

A machine is a table ``{(state, event): next state}``. An event that the table does not list for
the present state is illegal: it raises and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class IllegalTransition(Exception):
    """The event is not allowed in the state; nothing has changed."""

    def __init__(self, machine: str, state: StrEnum, event: StrEnum) -> None:
        super().__init__(f"{machine}: {event} is not allowed in state {state}")
        self.machine = machine
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, E]):
    """A named transition table over the states ``S`` and the events ``E``."""

    name: str
    initial: S
    table: Mapping[tuple[S, E], S]

    def step(self, state: S, event: E) -> S:
        """Return the state that follows; raise IllegalTransition if the table has none."""
        try:
            return self.table[state, event]
        except KeyError:
            raise IllegalTransition(self.name, state, event) from None

    def allows(self, state: S, event: E) -> bool:
        """Tell whether the event is legal in the state."""
        return (state, event) in self.table

    def final(self) -> frozenset[S]:
        """Return the states that no event leaves."""
        left = {state for state, _ in self.table}
        return frozenset(set(self.table.values()) - left)

    def mermaid(self) -> str:
        """Return the table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [
            f"    {state} --> {after}: {event}" for (state, event), after in self.table.items()
        ]
        lines += [f"    {state} --> [*]" for state in sorted(self.final())]
        return "\n".join(lines)
