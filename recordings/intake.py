"""Packets on their way from the relay's loop to the writer thread, without a lock.

A *run* holds packets of one stream, in order. It is ordered in the queue once, by its first packet;
what comes until the writer takes it rides along. So the writer works on many packets of a stream
at a time, and the queue stays short. An order that must stand between the packets before and
after it (a pause, a report) ends the run: the next packet begins another, behind that order.
"""

from collections import deque


class Backlog:
    """How many packets wait. Each number is written by one thread alone: no update is lost."""

    __slots__ = ("given", "taken")

    def __init__(self) -> None:
        self.given = 0
        self.taken = 0


class Run(deque[tuple[bytes, float]]):
    """Packets with their arrivals (unix time)."""

    __slots__ = ("_backlog", "is_ordered")

    def __init__(self, backlog: Backlog) -> None:
        super().__init__()
        self.is_ordered = False
        self._backlog = backlog

    def take(self) -> list[tuple[bytes, float]]:
        """What is there, on the writer thread."""
        # First the word, then the packets: one that comes between is ordered once too often, which
        # costs an empty order, and never once too seldom.
        self.is_ordered = False
        next_one = self.popleft
        packets = [next_one() for _ in range(len(self))]
        self._backlog.taken += len(packets)
        return packets
