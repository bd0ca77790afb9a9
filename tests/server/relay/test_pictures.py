"""Numbers of pictures (VP8) as a receiver sees them while streams end and others begin."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.relay.rtp import payload_offset, vp8_numbers
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.offers import VP8
from tests.support.waiting import eventually

_LAST = 20_004, 204
"""The numbers of the last picture that ``show`` sends."""


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


def picture(number: int, base: int, keyframe: bool) -> bytes:
    descriptor = b"\x90\xe0" + (0x8000 | number).to_bytes(2) + bytes([base, 0x20])
    return (descriptor + (b"\x10\0\0\x9d\x01\x2a" if keyframe else b"\x11\0\0")).ljust(40, b"U")


def send(sender: Member, seq: int, number: int, base: int) -> None:
    """Five pictures, a key frame first."""
    for i in range(5):
        payload = picture(number + i, base + i, keyframe=not i)
        sender.send(VP8, seq + i, (seq + i) * 3000, payload)


def numbers(packets: list[bytes]) -> list[tuple[int, int]]:
    found = []
    for packet in packets:
        places = vp8_numbers(packet, payload_offset(packet))
        assert places is not None
        found.append((int.from_bytes(packet[places[0] :][:2]) & 0x7FFF, packet[places[1]]))
    return found


async def show(call: Call) -> tuple[Member, Member]:
    """A sender, and a receiver who has seen its first pictures."""
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    send(sender, 100, 20_000, 200)
    await eventually(lambda: len(receiver.video(0)) == 5)
    assert numbers(receiver.video(0))[-1] == _LAST
    return sender, receiver


async def go_on(sender: Member, receiver: Member, seq: int) -> None:
    """Other pictures with other numbers, which the receiver sees go on."""
    send(sender, seq, 5, 7)
    await eventually(lambda: len(receiver.video(0)) == 10)
    number, base = _LAST
    assert numbers(receiver.video(0))[5:] == [(number + i, base + i) for i in range(1, 6)]


async def test_they_go_on_when_the_publisher_comes_back(call: Call) -> None:
    _, receiver = await show(call)
    again = await call.member(0, ssrcs=(7001, 7002, 7003))
    await call.flows(again, receiver)
    await go_on(again, receiver, 100)


async def test_they_go_on_when_somebody_else_takes_the_place(call: Call) -> None:
    sender, receiver = await show(call)
    await call.control.call("DELETE", f"/rooms/{'a' * 32}/peers/{sender.peer}")
    other = await call.member(0, ssrcs=(7001, 7002, 7003))
    await call.flows(other, receiver)
    await go_on(other, receiver, 100)


async def test_they_go_on_when_the_stream_begins_anew(call: Call) -> None:
    sender, receiver = await show(call)
    await go_on(sender, receiver, 9000)


async def test_a_stream_that_begins_anew_begins_without_the_one_before(call: Call) -> None:
    """Though the last packet of that one and the first of this come in one go."""
    sender, receiver = await show(call)
    sender.send(VP8, 105, 105 * 3000, picture(20_005, 205, keyframe=True))
    send(sender, 9000, 5, 7)
    await eventually(lambda: len(receiver.video(0)) == 10)
    seqs = [int.from_bytes(packet[2:4]) for packet in receiver.video(0)]
    assert seqs == [(seqs[0] + i) & 0xFFFF for i in range(10)]
