"""Who hears whom, read from the wire and from what the recorder was given."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from recordings.model import TrackKind
from recordings.recorder import Recorder
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.offers import make_offer
from tests.server.relay.relays import ROOM, running_relay
from tests.support.waiting import eventually

ASIDE = "c" * 32


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


async def divide(
    call: Call,
    version: int,
    groups: dict[Member, str],
    muted: tuple[Member, ...] = (),
    kept: str | None = None,
) -> int:
    """Say who is in which circle; the version that holds now."""
    body: dict[str, Any] = {
        "version": version,
        "groups": {member.peer: circle for member, circle in groups.items()},
        "muted": [member.peer for member in muted],
    }
    if kept is not None:
        body["kept"] = kept
    status, answer = await call.control.call("PUT", f"/rooms/{ROOM}/circles", body)
    assert status == 200, answer
    held: int = answer["version"]
    return held


async def four(call: Call) -> list[Member]:
    """Four members who all hear one another."""
    members = [await call.member(place) for place in range(4)]
    for sender, receiver in permutations(members, 2):
        await call.flows(sender, receiver, 100 + 200 * receiver.place)
    return members


async def say(members: list[Member], mark: bytes, first: int = 5000) -> None:
    """Everybody speaks, shows and presents for a moment, under one mark."""
    for seq in range(first, first + 20):
        for member in members:
            member.send_audio(seq, b"\x78" + mark)
            member.send_video(seq, keyframe=True)
            member.send_screen(seq, keyframe=True)
        await asyncio.sleep(0.002)


def count(member: Member) -> dict[int, int]:
    """How many packets came in each slot."""
    return {slot: len(member.slot(slot)) for slot in range(13)}


async def test_every_pair_of_circles_is_deaf_and_blind_to_one_another(call: Call) -> None:
    members = await four(call)
    mediator, lawyer, one, other = members
    apart = {mediator: ASIDE, one: ASIDE, lawyer: lawyer.peer, other: other.peer}
    assert await divide(call, 1, apart) == 1
    await asyncio.sleep(0.05)  # what the kernel still holds of before
    before = {member: count(member) for member in members}
    await say(members, b"aside")
    await eventually(lambda: len(one.audio(mediator.place)) >= before[one][mediator.place] + 20)
    await eventually(lambda: len(mediator.audio(one.place)) >= before[mediator][one.place] + 20)
    for receiver, sender in permutations(members, 2):
        grown = [
            count(receiver)[slot] - before[receiver][slot]
            for slot in (sender.place, 6 + sender.place)
        ]
        if {receiver, sender} == {mediator, one}:
            assert min(grown) > 0
        else:
            assert grown == [0, 0], (receiver.place, sender.place)
    assert count(other) == before[other]
    assert count(lawyer) == before[lawyer]


async def test_nothing_of_a_circle_apart_reaches_the_recorder(call: Call) -> None:
    await call.record(required=False)
    members = await four(call)
    mediator, lawyer, one, other = members
    apart = {mediator: ASIDE, one: ASIDE, lawyer: lawyer.peer, other: other.peer}
    await divide(call, 1, apart)
    given = {track: len(track.packets) for track in call.session.tracks}
    tracks = len(call.session.tracks)
    await say(members, b"aside")
    await eventually(lambda: any(p.endswith(b"aside") for p in one.audio(mediator.place)))
    assert len(call.session.tracks) == tracks
    assert {track: len(track.packets) for track in call.session.tracks} == given
    await divide(call, 2, dict.fromkeys(members, "joint"))
    await call.flows(one, other, 6000)
    microphones = [t for t in call.session.tracks if t.kind is TrackKind.MICROPHONE]
    written = [packet for track in microphones for packet in track.packets]
    assert any(packet.endswith(b"sound") for packet in written)
    assert not any(packet.endswith(b"aside") for packet in written)


async def test_nothing_of_a_circle_apart_reaches_the_disk(tmp_path: Path) -> None:
    """The real recorder, and the bytes of every file that it has left."""
    async with running_relay(tmp_path, Recorder) as control:
        call = Call(control, [])
        await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
        await call.record(required=False)
        members = await four(call)
        mediator, lawyer, one, other = members
        await divide(call, 1, {mediator: ASIDE, one: ASIDE, lawyer: lawyer.peer, other: other.peer})
        await say(members, b"aside")
        await eventually(lambda: any(p.endswith(b"aside") for p in one.audio(mediator.place)))
        await divide(call, 2, dict.fromkeys(members, "joint"))
        await call.flows(one, other, 6000)
        await say(members, b"after", 7000)
        await control.call("DELETE", f"/rooms/{ROOM}")
        await eventually(lambda: control.heard("recording.closed"))
        for member in members:
            await member.client.close()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"sound" in written
    assert b"after" in written
    assert b"aside" not in written


async def test_a_receiver_cannot_ask_for_what_was_said_aside(call: Call) -> None:
    """Back in one circle, packets of before are not repaired: they were never meant for it."""
    members = await four(call)
    mediator, lawyer, one, other = members
    await divide(call, 1, {mediator: ASIDE, one: ASIDE, lawyer: lawyer.peer, other: other.peer})
    await say(members, b"aside")
    await divide(call, 2, dict.fromkeys(members, "joint"))
    await call.flows(one, other, 5020)
    one.send_video(5020, keyframe=True)
    await eventually(lambda: other.video(one.place))
    newest = int.from_bytes(other.video(one.place)[-1][2:4])
    for number in range(newest - 40, newest):
        other.client.send_rtcp(nack(other, 6 + one.place, number & 0xFFFF))
    await call.flows(one, other, 5300)
    assert not any(p.endswith(b"aside") for p in other.packets)
    shown = {int.from_bytes(packet[-2:]) for packet in other.video(one.place)}
    assert not shown & set(range(5000, 5020))


def nack(member: Member, slot: int, number: int) -> bytes:
    ssrc = member.client.slot_ssrcs()[slot]
    head = (0x81CD0003).to_bytes(4)
    return head + (1).to_bytes(4) + ssrc.to_bytes(4) + number.to_bytes(2) + bytes(2)


async def test_who_waits_outside_takes_no_page_from_those_apart(call: Call) -> None:
    members = await four(call)
    mediator, lawyer, one, other = members
    await divide(call, 1, {mediator: ASIDE, one: ASIDE, lawyer: lawyer.peer, other: other.peer})
    numbers = iter(range(100, 4000))

    def one_sees(more: int, *owners: Member) -> Callable[[], bool]:
        """Whether so many packets have come, once everybody has sent another."""
        wanted = len(one.screen()) + more

        def share() -> bool:
            seq = next(numbers)
            for owner in owners:
                owner.send_screen(seq, keyframe=True)
            return len(one.screen()) >= wanted

        return share

    await eventually(one_sees(3, mediator))
    for more in (10, 10):  # in the second ten nothing is left of before
        await eventually(one_sees(more, other, mediator))
    assert other.screen() == lawyer.screen() == []


async def test_who_is_not_listed_is_out_and_stays_out(call: Call) -> None:
    stays, other, goes = [await call.member(place) for place in range(3)]
    await call.flows(goes, stays)
    await divide(call, 1, {stays: "joint", other: "joint"})
    await eventually(lambda: call.control.heard("peer.gone"))
    before = count(stays)
    goes.send_audio(400)
    await call.flows(other, stays)
    assert count(stays)[goes.place] == before[goes.place]
    assert (await call.control.join(goes.peer, 2, make_offer()))[1]["code"] == "not_let_in"
    await divide(call, 2, dict.fromkeys((stays, other, goes), "joint"))
    assert (await call.control.join(goes.peer, 2, make_offer()))[0] == 200


async def test_a_shut_microphone_is_not_passed_on_nor_written(call: Call) -> None:
    await call.record(required=False)
    one, other = await call.member(0), await call.member(1)
    await call.flows(one, other)
    await divide(call, 1, {one: "joint", other: "joint"}, muted=(one,))
    before = len(other.audio(0))
    for seq in range(500, 520):
        one.send_audio(seq, b"\x78muted")
        one.send_video(seq, keyframe=True)
    await eventually(lambda: len(other.video(0)) >= 20)
    assert len(other.audio(0)) == before
    await divide(call, 2, {one: "joint", other: "joint"})
    await call.flows(one, other, 600)
    said = [packet for track in call.session.tracks for packet in track.packets]
    assert not any(packet.endswith(b"muted") for packet in said + other.packets)


async def test_an_older_word_changes_nothing(call: Call) -> None:
    one, other = await call.member(0), await call.member(1)
    await divide(call, 7, {one: "joint", other: other.peer})
    assert await divide(call, 6, {one: "joint", other: "joint"}) == 7
    assert await divide(call, 7, {one: "joint", other: "joint"}) == 7
    before = count(other)
    one.send_audio(500)
    assert await divide(call, 8, {one: "joint", other: "joint"}) == 8
    await call.flows(one, other, 600)
    assert count(other)[0] > before[0]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"version": True},
        {"groups": []},
        {"groups": {"x": "joint"}},
        {"groups": {"1" * 32: "other"}},
        {"groups": {f"{n:032x}": "joint" for n in range(65)}},
        {"muted": "x"},
        {"muted": [1]},
        {"kept": "joint"},
        {"kept": ASIDE},
        {"kept": 1},
        {"more": 1},
    ],
)
async def test_a_body_that_is_none(call: Call, change: dict[str, Any]) -> None:
    body = {"version": 1, "groups": {}, "muted": [], **change}
    status, answer = await call.control.call("PUT", f"/rooms/{ROOM}/circles", body)
    assert (status, answer["code"]) == (400, "bad_request")
