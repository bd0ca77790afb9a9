"""Which packets are asked for, when, and when one gives up."""

from recordings.model import TrackKind
from server.relay.clock import Clock
from server.relay.layout import Layout
from server.relay.repairs import Repairs
from server.relay.sdp import Codec
from server.relay.source import Source
from tests.server.relay.light_client import rtp_packet
from tests.server.relay.offers import OPUS


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
    assert not repairs.missing


def test_too_many_missing_packets_are_given_up_at_once() -> None:
    repairs = Repairs()
    assert repairs.miss(0, 200, now=0.0)
    assert not repairs.miss(300, 200, now=0.0)
    assert not repairs.missing
    assert repairs.lost == 200


def test_a_retired_source_lets_go_of_its_packets() -> None:
    class Publisher:
        def feedback(self, packet: bytes) -> None: ...
        def source_started(self, source: Source) -> None: ...
        def ours(self, unix: float) -> float:
            return unix

    codec = Codec("opus", OPUS, "", frozenset())
    layout = Layout({}, lambda noted: None)
    source = Source(TrackKind.MICROPHONE, codec, layout, Clock(), Publisher())
    packet = rtp_packet(OPUS, 7, 960, 1001, b"sound")
    source.receive(packet)
    assert source.packet(7) == packet
    source.retire()
    assert source.packet(7) is None
