"""Reports of a stream: which share of its packets a receiver says it lost."""

import pytest

from server.relay import rtcp
from server.relay.clock import Clock
from server.relay.reports import Reports


class Receiver:
    """Reports on a slot on a manual clock, from a number near the end of their range on."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.clock.set(100.0, 1e9)
        self.reports = Reports(self.clock)
        self.missing, self.highest = 0, 0xFFFFFFF0

    def report(self, after: float, packets: int, lost: int) -> float | None:
        self.clock.set(self.clock.now + after, 1e9)
        self.missing += lost
        self.highest = (self.highest + packets) & 0xFFFFFFFF
        return self.reports.share_lost(rtcp.Block(7, self.missing, self.highest, 0, 0))


def test_a_share_is_of_about_a_second() -> None:
    receiver = Receiver()
    assert receiver.report(1.0, 50, 9) is None  # there is nothing to compare it with
    assert receiver.report(0.05, 2, 1) is None  # a report with every repair that is asked for
    assert receiver.report(0.05, 2, 1) is None
    assert receiver.report(0.9, 96, 3) == pytest.approx(0.05)
    assert receiver.report(0.5, 40, 0) is None
    assert receiver.report(0.5, 60, 20) == pytest.approx(0.2)


def test_few_packets_are_waited_for_but_not_for_ever() -> None:
    receiver = Receiver()
    receiver.report(1.0, 50, 0)
    assert receiver.report(2.0, 5, 1) is None
    assert receiver.report(3.1, 5, 1) == pytest.approx(0.2)
    assert receiver.report(6.0, 0, 0) == 0.0


def test_hostile_counts_are_shares_too() -> None:
    receiver = Receiver()
    receiver.report(1.0, 50, 0)
    assert receiver.report(1.0, 50, 0x7FFFFF) == 1.0
    assert receiver.report(1.0, 50, -0x7FFFFF) == 0.0
    assert receiver.report(1.0, -500, 3) is None
    assert receiver.report(1.0, 50, 0) == 0.0
