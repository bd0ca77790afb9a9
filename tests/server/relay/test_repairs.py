"""Which packets are asked for, when, and when one gives up."""

from server.relay.repairs import Repairs


def test_a_packet_that_is_merely_late_is_not_asked_for() -> None:
    repairs = Repairs()
    repairs.miss(10, 1, now=0.0)
    assert repairs.due(0.001) == []
    repairs.came(10)
    assert repairs.due(1.0) == []
    assert repairs.lost == 0


def test_a_missing_packet_is_asked_for_again_and_then_given_up() -> None:
    repairs = Repairs()
    repairs.miss(0xFFFF, 2, now=0.0)
    asked = [repairs.due(tenth / 10) for tenth in range(1, 20)]
    assert [one for one in asked if one] == [[0xFFFF, 0]] * 8
    assert repairs.lost == 2
    assert not repairs


def test_too_many_missing_packets_are_given_up_at_once() -> None:
    repairs = Repairs()
    assert repairs.miss(0, 200, now=0.0)
    assert not repairs.miss(300, 200, now=0.0)
    assert not repairs
    assert repairs.lost == 200
