"""H.264 passes through as it is; a third track and a new device break nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from recordings.model import TrackKind
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.offers import H264, H264_RTX
from tests.support.waiting import eventually

IDR, SLICE = b"\x65", b"\x41"


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


def payloads(packets: list[bytes]) -> list[bytes]:
    return [packet[24:] for packet in packets]


def send_h264(sender: Member, seq: int, unit: bytes) -> None:
    sender.send(H264, seq, seq * 3000, unit + b"picture %d" % seq)


@pytest.mark.parametrize("repairs", [False, True])
async def test_h264_begins_with_a_key_frame_and_passes_as_it_is(call: Call, repairs: bool) -> None:
    await call.record(required=False)
    sender = await call.member(0, video=("h264",), repairs=repairs)
    receiver = await call.member(1, repairs=repairs)
    await call.flows(sender, receiver)
    send_h264(sender, 9, SLICE)
    for seq, unit in ((10, IDR), (11, SLICE), (12, SLICE)):
        send_h264(sender, seq, unit)
    await eventually(lambda: len(receiver.video(0)) == 3)
    assert payloads(receiver.video(0)) == [
        b"\x65picture 10",
        b"\x41picture 11",
        b"\x41picture 12",
    ]
    assert {packet[1] & 127 for packet in receiver.video(0)} == {H264}
    assert (f"a=rtpmap:{H264_RTX} rtx" in sender.client.answer) == repairs
    kinds = {track.kind for track in call.session.tracks}
    assert kinds == {TrackKind.MICROPHONE, TrackKind.CAMERA}


async def test_who_cannot_show_a_codec_still_hears(call: Call) -> None:
    sender = await call.member(0, video=("h264",))
    receiver = await call.member(1, video=("vp8",))
    seq = await call.flows(sender, receiver)
    for number in range(10, 13):
        send_h264(sender, number, IDR)
    await call.flows(sender, receiver, seq)
    assert receiver.video(0) == []


async def test_a_screen_comes_and_goes_beside_a_camera_that_goes_on(call: Call) -> None:
    await call.record(required=False)
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    numbers = iter(range(10, 10_000))

    def both(screen: bool) -> bool:
        number = next(numbers)
        sender.send_video(number, keyframe=number == 10)
        if screen:
            sender.send_screen(number, keyframe=True)
        return True

    await eventually(lambda: both(screen=True) and len(receiver.screen()) > 5)
    shown = len(receiver.screen())
    before = len(receiver.video(0))
    await eventually(lambda: both(screen=False) and len(receiver.video(0)) > before + 20)
    await eventually(lambda: both(screen=True) and len(receiver.screen()) > shown)
    sequence = [int.from_bytes(packet[2:4]) for packet in receiver.video(0)]
    assert sequence == [(sequence[0] + n) & 0xFFFF for n in range(len(sequence))]
    tracks = {track.kind: track for track in call.session.tracks}
    assert set(tracks) == set(TrackKind)
    assert len(call.session.tracks) == 3, "no track was begun anew"


async def test_another_camera_on_the_same_track_goes_on_without_a_seam(call: Call) -> None:
    """A device that is changed (replaceTrack) keeps its stream: after a pause, a key frame."""
    await call.record(required=False)
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    for seq in (10, 11):
        sender.send_video(seq, keyframe=seq == 10)
    for seq in (12, 13):
        sender.send(96, seq, 90_000 + seq * 3000, b"\x90\x80\x01\x10\x00\x00\x9d" + bytes([seq]))
    await eventually(lambda: len(receiver.video(0)) == 4)
    sequence = [int.from_bytes(packet[2:4]) for packet in receiver.video(0)]
    assert sequence == [(sequence[0] + n) & 0xFFFF for n in range(4)]
    cameras = [track for track in call.session.tracks if track.kind is TrackKind.CAMERA]
    assert len(cameras) == 1
