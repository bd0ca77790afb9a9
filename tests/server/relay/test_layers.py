"""Layers: one camera in several sizes, each receiver with the one that its line carries."""

import itertools
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from recordings.model import TrackKind
from server.relay import rtcp
from server.relay.layers import Choice, Layer, Recorded, pick
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.light_client import rtp_packet
from tests.server.relay.offers import MID, RID, TRANSPORT_CC, VP8
from tests.support.waiting import eventually

NAMES = ("q", "h", "f")
SIZES = {"q": 60, "h": 400, "f": 1100}
SSRCS = {"q": 3001, "h": 3002, "f": 3003}

# What a receiver gets for its line.

CAMERA = [100_000.0, 450_000.0, 1_500_000.0]


def levels(choice: Choice, budget: float, now: float, people: int = 2) -> list[int]:
    choice.choose(budget, dict.fromkeys(range(people), CAMERA), now)
    return [choice.levels[place] for place in range(people)]


def test_a_wide_line_gets_everything() -> None:
    assert levels(Choice(), 10e6, 0) == [2, 2]


def test_a_thin_line_gets_small_pictures_of_everybody_first() -> None:
    assert levels(Choice(), 250_000, 0) == [0, 0]
    assert levels(Choice(), 600_000, 0) == [1, 0]
    assert levels(Choice(), 950_000, 0) == [1, 1]
    assert levels(Choice(), 2_000_000, 0) == [2, 1]
    assert levels(Choice(), 10_000, 0) == [0, 0]


def test_down_at_once_and_up_with_room_to_spare_and_patience() -> None:
    choice = Choice()
    assert levels(choice, 10e6, 0, 1) == [2]
    assert levels(choice, 300_000, 1, 1) == [0]
    assert levels(choice, 480_000, 10, 1) == [0]  # it would just fit
    assert choice.wish == 450_000
    assert levels(choice, 600_000, 5.9, 1) == [0]
    assert levels(choice, 600_000, 6.1, 1) == [1]
    assert levels(choice, 10e6, 7, 1) == [1]
    assert levels(choice, 10e6, 8.2, 1) == [2]


def test_a_layer_that_does_not_come_is_not_chosen() -> None:
    choice = Choice()
    choice.choose(10e6, {0: [100_000.0, 0.0, 0.0], 1: [0.0, 0.0, 900_000.0], 2: [0.0] * 3}, 0)
    assert choice.levels == {0: 0, 1: 2}


def layers(*heard: float) -> tuple[Layer, ...]:
    made = (SimpleNamespace(heard=at, highest=5, octets=0) for at in heard)
    return tuple(Layer(cast("Any", source), 0.0) for source in made)


def test_whoever_sends_less_than_is_wanted_is_shown_as_it_comes() -> None:
    some = layers(10.0, 10.0, 3.0)
    assert pick(some, 2, 10.0) is some[1].source
    assert pick(some, 0, 10.0) is some[0].source
    assert pick(layers(3.0, 3.0, 10.0), 0, 10.0).heard == 10.0
    nothing = layers(1.0, 1.0, 1.0)
    assert pick(nothing, 0, 10.0) is nothing[2].source


def test_the_largest_is_recorded_and_another_only_when_it_stays_away() -> None:
    some = layers(0.0, 0.0, 0.0)
    recorded = Recorded(some)

    def at(now: float, top: bool) -> bool:
        for layer in some[: None if top else 2]:
            layer.source.heard = now
        return recorded.look(some, now)

    assert not at(1.0, top=True)
    assert not at(2.5, top=False)
    assert at(4.1, top=False)
    assert recorded.source is some[1].source
    assert not at(5.0, top=True)  # it is back; will it stay?
    assert not at(6.0, top=False)
    assert not at(10.0, top=True)
    assert not at(19.0, top=True)
    assert at(20.1, top=True)
    assert recorded.source is some[2].source


# On the wire.


class Camera:
    """Sends one picture in every layer that is on, each with numbers of its own."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.on = set(NAMES)
        self._count = 0

    def send(self) -> None:
        self._count += 1
        for at, name in enumerate(NAMES):
            if name in self.on:
                self._send(name, 1000 * at + self._count)

    def _send(self, name: str, number: int) -> None:
        extension = bytes([MID << 4]) + b"1" + bytes([RID << 4]) + name.encode()
        extension += bytes([TRANSPORT_CC << 4 | 1]) + (number & 0xFFFF).to_bytes(2)
        descriptor = b"\x90\xc0" + struct.pack("!HB", 0x8000 | 7 * number & 0x7FFF, number & 0xFF)
        body = b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 1280, 720)
        payload = (descriptor + body).ljust(SIZES[name], b"p")
        packet = rtp_packet(VP8, number, number * 900, SSRCS[name], payload, True, extension)
        self.member.client.send_rtp(packet)

    async def until(self, true: Callable[[], bool], seconds: float = 15) -> None:
        """Go on sending until it is."""

        def sent() -> bool:
            self.send()
            return true()

        await eventually(sent, seconds)


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


def size(packet: bytes) -> int:
    return len(packet) - 24  # our own header


def gets(member: Member, name: str) -> bool:
    return bool(member.video(0)) and size(member.video(0)[-1]) == SIZES[name]


def complain(member: Member, share: float) -> None:
    """Report that so much of the picture was lost, once a packet has come."""
    came = len(member.video(0))
    slot = member.client.slot_ssrcs()[6]
    lost = int(came * share)
    one = rtcp.Reception(slot, 0, lost, 1000 + came, 0, 0, 0)
    member.client.send_rtcp(rtcp.receiver_report(1, [one]))


async def test_a_weak_line_gets_less_and_nobody_else_does(call: Call) -> None:
    sender = await call.member(0, layers=NAMES)
    strong, weak = await call.member(1), await call.member(2)
    camera = Camera(sender)
    await camera.until(lambda: gets(strong, "f") and gets(weak, "f"))

    def weakens() -> bool:
        complain(weak, 0.7)
        return gets(weak, "q")

    await camera.until(weakens)
    before = len(strong.video(0))
    await camera.until(lambda: len(strong.video(0)) >= before + 5)
    assert gets(strong, "f")
    check_seamless(weak.video(0))


def check_seamless(packets: list[bytes]) -> None:
    """Numbers of packets go on by one; those of pictures by 7, as they were sent, or by 1."""
    seqs = [int.from_bytes(packet[2:4]) for packet in packets]
    assert {(b - a) & 0xFFFF for a, b in itertools.pairwise(seqs)} == {1}
    pictures = [int.from_bytes(packet[26:28]) & 0x7FFF for packet in packets]
    steps = [(b - a) & 0x7FFF for a, b in itertools.pairwise(pictures)]
    assert set(steps) <= {1, 7}
    bases = [packet[28] for packet in packets]
    assert {(b - a) & 0xFF for a, b in itertools.pairwise(bases)} == {1}
    sizes = [size(packet) for packet in packets]
    assert steps.count(1) == sum(a != b for a, b in itertools.pairwise(sizes))


async def test_a_layer_that_ends_is_replaced_for_receivers_and_the_recording(call: Call) -> None:
    await call.record(required=False)
    sender = await call.member(0, layers=NAMES)
    receiver = await call.member(1)
    camera = Camera(sender)
    await camera.until(lambda: gets(receiver, "f") and len(call.session.tracks) == 1)
    camera.on.discard("f")  # the sender's own line has become thin
    await camera.until(lambda: gets(receiver, "h"))
    await camera.until(lambda: len(call.session.tracks) == 2)
    kinds = {track.kind for track in call.session.tracks}
    assert kinds == {TrackKind.CAMERA}
    await camera.until(lambda: bool(call.session.tracks[1].packets))
    ssrcs = [{packet[8:12] for packet in track.packets} for track in call.session.tracks]
    assert ssrcs == [{SSRCS["f"].to_bytes(4)}, {SSRCS["h"].to_bytes(4)}]
    check_seamless(receiver.video(0))


async def test_one_layer_alone_is_what_everybody_gets(call: Call) -> None:
    sender = await call.member(0, layers=NAMES)
    receiver = await call.member(1)
    camera = Camera(sender)
    camera.on = {"f"}
    await camera.until(lambda: gets(receiver, "f"))
    assert "a=simulcast:recv q;h;f" in sender.client.answer
