"""The gate, the lamp, and that nothing is written when nothing may be."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from recordings.events import Failed, FailureCode, KeyframeWanted, SegmentClosed, Started
from recordings.model import Codec, TrackKind
from recordings.records import Segment
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.relays import ROOM, SESSION, running_relay
from tests.support.waiting import eventually


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


async def state(call: Call) -> str:
    _, room = await call.control.call("GET", f"/rooms/{ROOM}")
    lamp: str = room["recording"]
    return lamp


async def command(call: Call, action: str) -> str:
    status, body = await call.control.call(
        "POST", f"/rooms/{ROOM}/recording", {"action": action, "reason": "consent"}
    )
    assert status == 200
    lamp: str = body["recording"]
    return lamp


def written(call: Call, member: Member, kind: TrackKind = TrackKind.MICROPHONE) -> list[bytes]:
    """The payloads that the recorder got, over all tracks of that kind."""
    tracks = [t for t in call.session.tracks if (t.participant, t.kind) == (member.peer, kind)]
    return [packet[-2:] for track in tracks for packet in track.packets]


async def send_marked(sender: Member, receiver: Member, seq: int, marks: list[bytes]) -> None:
    """Send sound with these last two bytes, and wait until all of it has arrived."""
    for number, mark in enumerate(marks):
        sender.send_audio(seq + number, b"\x78" + mark)
    await eventually(lambda: {packet[-2:] for packet in receiver.audio(sender.place)} >= set(marks))


async def test_nothing_flows_before_the_first_frame_is_on_disk(call: Call) -> None:
    await call.record(required=True)
    call.session.slow = True
    sender, receiver = await call.member(0), await call.member(1)
    for seq in range(100, 120):
        sender.send_audio(seq)
    await eventually(lambda: len(written(call, sender)) == 20)
    assert await state(call) == "armed"
    assert receiver.audio(0) == []
    call.session.tell(Started(SESSION))
    await call.flows(sender, receiver, 120)
    assert await state(call) == "recording"
    await eventually(lambda: call.control.heard("recording.started"))


async def test_a_key_frame_is_asked_for_when_the_gate_opens(call: Call) -> None:
    await call.record(required=True)
    call.session.slow = True
    sender, receiver = await call.member(0), await call.member(1)
    for seq in range(10, 20):
        sender.send_video(seq, keyframe=seq == 10)
    await eventually(lambda: len(written(call, sender, TrackKind.CAMERA)) == 10)
    await asyncio.sleep(0.5)  # key frames are asked for that seldom
    asked = sender.asked_keyframes()
    call.session.tell(Started(SESSION))
    await eventually(lambda: sender.asked_keyframes() > asked)
    sender.send_video(20)
    sender.send_video(21, keyframe=True)
    await eventually(lambda: len(receiver.video(0)) == 1)


async def test_what_need_not_be_recorded_flows_at_once(call: Call) -> None:
    await call.record(required=False)
    call.session.slow = True
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)


async def test_recording_may_begin_in_the_midst_of_a_call(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    assert await state(call) == "off"
    await call.record(required=True)
    await call.flows(sender, receiver, 300)
    assert await state(call) == "recording"
    assert written(call, sender)


async def test_not_a_byte_is_written_while_paused(call: Call) -> None:
    await call.record()
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    assert await command(call, "pause") == "paused"
    await send_marked(sender, receiver, 400, [b"p1", b"p2"])
    assert await command(call, "resume") == "recording"
    await send_marked(sender, receiver, 500, [b"r1", b"r2"])
    found = written(call, sender)
    assert not {b"p1", b"p2"} & set(found)
    assert {b"r1", b"r2"} <= set(found)
    assert [event["reason"] for event in call.control.heard("recording.paused")] == ["consent"]
    assert call.control.heard("recording.resumed")


async def test_who_comes_during_a_pause_is_recorded_after_it(call: Call) -> None:
    await call.record()
    first, second = await call.member(0), await call.member(1)
    await call.flows(first, second)
    await command(call, "pause")
    third = await call.member(2)
    await call.flows(third, first)
    assert written(call, third) == []
    await command(call, "resume")
    await send_marked(third, first, 500, [b"r1"])
    assert written(call, third) == [b"r1"]


async def test_nothing_is_written_after_the_stop(call: Call) -> None:
    await call.record()
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    assert await command(call, "stop") == "off"
    await send_marked(sender, receiver, 400, [b"s1"])
    assert b"s1" not in written(call, sender)
    assert call.session.closed == "consent"
    await eventually(lambda: call.control.heard("recording.closed"))


async def test_a_reconnected_peer_goes_on_in_a_new_stream(call: Call) -> None:
    await call.record()
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    again = await call.member(0, ssrcs=(7001, 7002, 7003))
    await call.flows(again, receiver, 900)
    tracks = [t for t in call.session.tracks if t.participant == sender.peer]
    assert [track.kind for track in tracks] == [TrackKind.MICROPHONE] * 2
    assert tracks[0].ended == []  # the recorder itself ends it, with the cause "reconnect"


async def test_a_peer_that_leaves_ends_its_tracks(call: Call) -> None:
    await call.record()
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    await call.control.call("DELETE", f"/rooms/{ROOM}/peers/{sender.peer}")
    (track,) = [t for t in call.session.tracks if t.participant == sender.peer]
    assert track.ended == [None]


async def test_a_failure_is_told_and_the_call_goes_on(call: Call) -> None:
    await call.record()
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    call.session.tell(Failed(SESSION, FailureCode.DISK_FULL))
    await eventually(lambda: call.control.heard("recording.failed"))
    assert call.control.heard("recording.failed")[0]["code"] == "disk_full"
    assert await state(call) == "failed"
    stalled = FailureCode.TRACK_STALLED
    call.session.tell(Failed(SESSION, stalled, sender.peer, TrackKind.CAMERA))
    await eventually(lambda: len(call.control.heard("recording.failed")) == 2)
    told = call.control.heard("recording.failed")[1]
    assert (told["code"], told["peer"], told["track"]) == (stalled, sender.peer, "camera")
    seq = await call.flows(sender, receiver, seq)
    call.session.tell(Started(SESSION))
    await call.flows(sender, receiver, seq)
    assert await state(call) == "recording"


async def sends_pictures(call: Call) -> tuple[Member, int]:
    """Somebody whose pictures arrive, and how many key frames they were asked for until now."""
    await call.record()
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    sender.send_video(10, keyframe=True)
    await eventually(lambda: receiver.video(0))
    await asyncio.sleep(0.5)  # key frames are asked for that seldom
    return sender, sender.asked_keyframes()


async def test_the_recorder_gets_the_key_frames_it_wants(call: Call) -> None:
    sender, asked = await sends_pictures(call)
    call.session.tell(KeyframeWanted(SESSION, sender.peer, TrackKind.CAMERA))
    await eventually(lambda: sender.asked_keyframes() == asked + 1)


async def test_spare_key_frames_are_asked_for_where_the_line_has_room(call: Call) -> None:
    sender, asked = await sends_pictures(call)
    spare = KeyframeWanted(SESSION, sender.peer, TrackKind.CAMERA, after=10.0)
    call.session.tell(spare)
    call.session.tell(KeyframeWanted(SESSION, sender.peer, TrackKind.CAMERA))
    await eventually(lambda: sender.asked_keyframes() == asked + 1)
    numbers = iter(range(11, 5000))

    async def is_asked() -> bool:
        for number in islice(numbers, 20):
            sender.send_video(number, size=1000)
        await asyncio.sleep(0.05)
        call.session.tell(spare)
        return sender.asked_keyframes() > asked + 1

    await eventually(is_asked, what="a word while a megabit and more comes")


async def test_sealed_segments_are_told(call: Call) -> None:
    await call.record()
    record = Segment(
        participant="p",
        track=TrackKind.CAMERA,
        index=0,
        file="p/camera-000000.webm",
        codec=Codec.VP8,
        start=1.0,
        duration=2.0,
        frames=50,
        lost_packets=0,
        bytes=1000,
        sha256="0" * 64,
        recovered=False,
    )
    call.session.tell(SegmentClosed(SESSION, record))
    await eventually(lambda: call.control.heard("recording.segment"))
    (event,) = call.control.heard("recording.segment")
    assert (event["session"], event["record"]) == (SESSION, record.as_json())


async def test_deleting_a_room_seals_its_recording(call: Call) -> None:
    await call.record()
    session = call.session
    await call.control.call("DELETE", f"/rooms/{ROOM}")
    await eventually(lambda: call.control.heard("recording.closed"))
    assert session.closed == "deleted"


async def test_a_session_is_recorded_in_one_room(call: Call) -> None:
    await call.record()
    body = {"recording": {"session": SESSION, "required": True}}
    status, answer = await call.control.call("PUT", f"/rooms/{'c' * 32}", body)
    assert (status, answer["code"]) == (409, "session_taken")
    other = {"recording": {"session": "d" * 32, "required": True}}
    status, answer = await call.control.call("PUT", f"/rooms/{ROOM}", other)
    assert (status, answer["code"]) == (409, "session_taken")
    await call.record()  # the same again changes nothing


async def test_with_the_real_recorder(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as control:
        call = Call(control, [])
        await call.record()
        sender, receiver = await call.member(0), await call.member(1)
        await call.flows(sender, receiver)
        for seq in range(10, 60):
            sender.send_video(seq, keyframe=seq == 10)
        await eventually(lambda: len(receiver.video(0)) == 50)
        await control.call("DELETE", f"/rooms/{ROOM}")
        await eventually(lambda: control.heard("recording.closed"))
        kinds = [event["type"] for event in control.events if "recording" in event["type"]]
        assert kinds[0] == "recording.started"
        records: list[dict[str, Any]] = [e["record"] for e in control.heard("recording.segment")]
        cameras = [one for one in records if one["track"] == "camera"]
        assert sum(one["frames"] for one in cameras) >= 49
        for one in records:
            file = tmp_path / "recordings" / SESSION / one["file"]
            assert file.stat().st_size == one["bytes"]
        for member in call.members:
            await member.client.close()
