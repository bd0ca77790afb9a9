"""Key frames that one receiver wishes for, and what the others pay."""

import pytest

from recordings.model import TrackKind
from server.relay import rtcp
from server.relay.clock import Clock
from server.relay.layout import Layout
from server.relay.sdp import PLACES, UPLINKS, parse_offer
from server.relay.slot import Slot
from server.relay.source import Source
from server.relay.wishes import Wishes
from tests.server.relay.light_client import rtp_packet, vp8_payload
from tests.server.relay.offers import VP8, make_offer


class Watched:
    """A camera that some look at, on a clock of the test's own; notes when it is asked."""

    def __init__(self, receivers: int) -> None:
        self.clock = Clock()
        self.asked: list[float] = []
        offer = parse_offer(make_offer())
        layout = Layout({}, lambda noted: None)
        codec = offer.sections[1].codecs[0]
        self.source = Source(TrackKind.CAMERA, codec, layout, self.clock, self)
        self.pass_to(100.0)
        self.source.receive(rtp_packet(VP8, 1, 1, 1002, vp8_payload(40, keyframe=True)))
        section = offer.sections[UPLINKS + PLACES]
        self.slots = [
            Slot(section, number, 0, self.clock, self.feedback) for number in range(receivers)
        ]
        for slot in self.slots:
            slot.attach(self.source)
        self.source.targets = tuple(self.slots)
        self.asked.clear()

    def pass_to(self, now: float) -> None:
        self.clock.set(now, 1.7e9 + now)

    def feedback(self, packet: bytes) -> None:
        if any(isinstance(one, rtcp.KeyframeRequest) for one in rtcp.parse(packet)):
            self.asked.append(self.clock.now)

    def source_started(self, source: Source) -> None: ...

    def ours(self, unix: float) -> float:
        return unix

    def wish_for(self, seconds: int) -> None:
        """The first slot wishes all the time; the source's clock does its part."""
        for _ in range(50 * seconds):
            self.pass_to(self.clock.now + 0.02)
            self.slots[0].wish()
            self.source.repair()


def test_one_of_several_gets_one_at_once_and_then_ever_fewer() -> None:
    watched = Watched(3)
    watched.pass_to(110.0)
    watched.wish_for(60)
    passed = [round(at - 110) for at in watched.asked]
    assert passed[:5] == [0, 1, 3, 7, 11]
    assert len(passed) <= 17


@pytest.mark.parametrize("others", [0, 2])
def test_who_was_calm_gets_one_at_once(others: int) -> None:
    watched = Watched(1 + others)
    watched.wish_for(10)
    for now in (120.0, 140.0, 160.0):
        watched.pass_to(now)
        watched.slots[0].wish()
        assert watched.asked[-1] == now


def test_who_looks_on_alone_pays_alone() -> None:
    watched = Watched(1)
    watched.wish_for(10)
    assert len(watched.asked) > 20


def test_while_it_is_on_its_way_nothing_more_is_wished_for() -> None:
    wishes = Wishes()
    assert wishes.grants(0.0)
    assert not wishes.grants(0.2)
    assert not wishes.due(5.0)


def test_what_came_too_soon_is_granted_later() -> None:
    wishes = Wishes()
    assert wishes.grants(0.0)
    assert not wishes.grants(0.5)
    assert not wishes.due(0.9)
    assert wishes.due(1.1)
    assert not wishes.due(20.0)


def test_another_ones_wish_is_not_held_back() -> None:
    watched = Watched(3)
    watched.wish_for(30)
    watched.pass_to(watched.clock.now + 0.5)
    watched.slots[1].wish()
    assert watched.asked[-1] == watched.clock.now
