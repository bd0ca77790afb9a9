"""Silence, return and loss of peers, on a clock of the test's own."""

import json
from typing import Any

import pytest

from server.relay.circles import Circles
from server.relay.clock import Clock
from server.relay.events import EventHub
from server.relay.peer import Peer
from server.relay.room import Room
from server.relay.sdp import parse_offer
from server.relay.source import Source
from tests.server.relay.offers import make_offer


class Scene:
    """A room with a manual clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.hub = EventHub("boot", wall=lambda: 0.0)
        self.retired: list[Peer] = []
        self.room = Room("room", self.clock, self.hub, self.retired.append)
        self._reader = self.hub.open(0)
        self.pass_to(0.0)

    def pass_to(self, now: float) -> None:
        self.clock.set(now, 1.7e9 + now)

    def peer(self, ident: str, place: int) -> Peer:
        offer = parse_offer(make_offer())
        peer = Peer(ident, place, "party", offer, self.clock, self.room)
        self.room.join(peer)
        return peer

    def heard(self) -> list[tuple[str, Any]]:
        """Events since the last call: their kind and whom they are about."""
        lines = list(self._reader._lines)
        self._reader._lines.clear()
        return self._told(lines)

    def heard_again(self) -> list[tuple[str, Any]]:
        """What somebody hears who comes now, of what was before."""
        return self._told(list(self.hub.open(0)._lines))

    def _told(self, lines: list[bytes]) -> list[tuple[str, Any]]:
        events = [json.loads(line) for line in lines]
        return [(e["type"], e.get("peer")) for e in events if e["type"] != "hello"]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_silence_is_told_once(scene: Scene) -> None:
    scene.peer("a", 0)
    for now in (1.0, 4.9, 5.1, 6.0, 20.0):
        scene.pass_to(now)
        scene.room.check_peers()
    assert scene.heard() == [("peer.silent", "a")]


def test_a_silent_peer_may_come_back(scene: Scene) -> None:
    peer = scene.peer("a", 0)
    scene.pass_to(6.0)
    scene.room.check_peers()
    peer.seen = 7.0
    scene.pass_to(7.5)
    scene.room.check_peers()
    scene.room.check_peers()
    assert scene.heard() == [("peer.silent", "a"), ("peer.back", "a")]


def test_after_two_minutes_a_peer_is_gone(scene: Scene) -> None:
    peer = scene.peer("a", 0)
    peer.connected = True
    scene.pass_to(6.0)
    scene.room.check_peers()
    scene.pass_to(31.0)
    scene.room.check_peers()
    assert list(scene.room.peers) == ["a"]
    scene.pass_to(120.5)
    scene.room.check_peers()
    assert scene.heard() == [("peer.silent", "a"), ("peer.gone", "a")]
    assert scene.room.peers == {}
    assert scene.retired == [peer]


def test_who_says_goodbye_is_silent_at_once_and_never_back(scene: Scene) -> None:
    peer = scene.peer("a", 0)
    peer.connection.goodbye()
    peer.connection.goodbye()
    peer.seen = 1.0
    scene.pass_to(1.5)
    scene.room.check_peers()
    assert scene.heard() == [("peer.silent", "a")]
    scene.pass_to(122.0)
    scene.room.check_peers()
    assert scene.heard() == [("peer.gone", "a")]


def test_what_an_old_connection_says_counts_no_more(scene: Scene) -> None:
    old = scene.peer("a", 0)
    new = scene.peer("a", 0)
    assert scene.retired == [old]
    old.connection.goodbye()
    scene.room.peer_connected(old)
    scene.room.peer_ready(old)
    scene.room.source_started(old, old.screen)
    assert scene.heard() == []
    assert list(scene.room.peers.values()) == [new]


def test_quality_is_told_of_all(scene: Scene) -> None:
    scene.peer("a", 0)
    scene.peer("b", 1)
    scene.room.measure()
    assert scene.heard() == [("quality", None)]
    assert scene.heard_again() == [], "what is measured every two seconds is nobody's history"
    described = scene.room.describe()["peers"]
    assert isinstance(described, list)
    assert described[0]["quality"] == {
        "loss": 0.0,
        "rtt_ms": None,
        "kbps": 0,
        "fps": 0,
        "level": "good",
    }


def test_an_empty_room_says_nothing(scene: Scene) -> None:
    scene.room.measure()
    scene.room.check_peers()
    scene.room.wake_slots()
    assert scene.heard() == []


def begin_screen(scene: Scene, peer: Peer, now: float) -> None:
    scene.pass_to(now)
    peer.screen.packets, peer.screen.heard = 1, now
    scene.room.source_started(peer, peer.screen)


def sees(scene: Scene, *circle: Peer) -> Source | None:
    """The screen that is shown among these."""
    return scene.room._screens.shown({peer.screen for peer in circle})


def test_the_screen_that_began_last_is_shown(scene: Scene) -> None:
    first, second, third = all_three = [scene.peer(name, place) for place, name in enumerate("abc")]
    begin_screen(scene, first, 1.0)
    begin_screen(scene, second, 2.0)
    assert sees(scene, *all_three) is second.screen
    first.screen.heard = 6.0
    scene.pass_to(6.0)
    scene.room.check_peers()
    assert sees(scene, *all_three) is first.screen
    assert third.screen_slot.source is None  # it is not connected: nothing can be sent to it


def test_each_circle_has_a_screen_of_its_own(scene: Scene) -> None:
    mediator, party, waits = [scene.peer(name, place) for place, name in enumerate("abc")]
    begin_screen(scene, mediator, 1.0)
    scene.room.divide(Circles(1, {"a": "aside", "b": "aside", "c": "c"}))
    begin_screen(scene, waits, 2.0)
    assert sees(scene, mediator, party) is mediator.screen
    assert sees(scene, waits) is waits.screen
    mediator.screen.heard = waits.screen.heard = 6.0
    scene.pass_to(6.0)
    scene.room.check_peers()
    assert sees(scene, mediator, party) is mediator.screen
    scene.room.divide(Circles(2, dict.fromkeys("abc", "joint")))
    assert sees(scene, mediator, party, waits) is waits.screen
    scene.room.remove("c", "deleted")
    assert sees(scene, mediator, party) is mediator.screen
    scene.room.remove("a", "deleted")
    assert sees(scene, mediator, party) is None
