"""A flood of complaints is a few lines."""

import logging

import pytest

from server.relay.clock import Clock
from server.relay.complaints import Complaints


def test_a_few_at_once_and_then_seldom(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    clock.set(1000.0, 0.0)
    complaints = Complaints(logging.getLogger("relay"), clock)
    for moment in range(10_000):
        clock.set(1000 + moment / 500, 0.0)
        complaints.say("relay.datagram_failed")
    assert [record.message for record in caplog.records] == ["relay.datagram_failed"] * 4
    clock.set(1031.0, 0.0)
    complaints.say("relay.datagram_failed")
    assert caplog.records[-1].__dict__["kept_back"] > 4000
