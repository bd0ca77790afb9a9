"""More than six people: from the seventh on by sound alone, whatever their browser sends."""

from collections.abc import AsyncIterator
from itertools import permutations
from pathlib import Path

import pytest

from recordings.model import TrackKind
from server.relay.sdp import PLACES, SECTIONS, UPLINKS, VOICES
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.light_client import LightClient
from tests.server.relay.test_circles import ASIDE, divide
from tests.support.waiting import eventually


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


async def with_voices(call: Call, *places: int) -> list[Member]:
    return [await call.member(place, voices=VOICES) for place in places]


async def test_everybody_hears_the_seventh_and_nobody_sees_them(call: Call) -> None:
    await call.record(required=False)
    first, last, seventh, twelfth = members = await with_voices(
        call, 0, PLACES - 1, PLACES, PLACES + VOICES - 1
    )
    for number, (sender, receiver) in enumerate(permutations(members, 2)):
        await call.flows(sender, receiver, 100 + 300 * number)
    for seq in range(9000, 9020):
        seventh.send_video(seq, keyframe=True)
        seventh.send_screen(seq, keyframe=True)
        last.send_video(seq, keyframe=True)
    await eventually(lambda: len(first.video(last.place)) >= 10)
    await call.flows(seventh, first, 9500)
    pictures = range(PLACES, 2 * PLACES + 1)
    for receiver in (first, last, twelfth):
        seen = {slot for slot in pictures if receiver.slot(slot)}
        assert seen <= {PLACES + last.place}, "nothing but the picture that has a place"
    kinds = [
        one.kind for one in call.session.tracks if one.participant in (seventh.peer, twelfth.peer)
    ]
    assert set(kinds) == {TrackKind.MICROPHONE}, "nor is it recorded"


async def test_who_moves_up_is_seen_and_recorded_from_then_on(call: Call) -> None:
    """A picture's place became free: the same person's page connects anew, at that place."""
    await call.record(required=False)
    first, seventh = await with_voices(call, 0, PLACES)
    await call.flows(seventh, first, 100)
    moved = Member(call.control, 2, LightClient((1001, 1002, 1003), voices=VOICES))
    moved.peer = seventh.peer
    call.members.append(moved)
    await moved.join()
    await call.flows(moved, first, 1000)
    numbers = iter(range(2000, 2400))

    async def seen() -> bool:
        moved.send_video(next(numbers), keyframe=True)
        return bool(first.video(moved.place))

    await eventually(seen)
    kinds = {one.kind for one in call.session.tracks if one.participant == moved.peer}
    assert kinds == {TrackKind.MICROPHONE, TrackKind.CAMERA}


async def test_a_page_from_before_hears_the_first_six_and_is_not_disturbed(call: Call) -> None:
    before = await call.member(0)
    seated, voice = await with_voices(call, 1, PLACES)
    assert len(before.client.slot_ssrcs()) == SECTIONS - UPLINKS
    await call.flows(voice, seated, 100)
    await call.flows(seated, before, 500)
    await call.flows(before, voice, 1000)


async def test_a_talk_apart_divides_voices_as_well(call: Call) -> None:
    mediator, one, voice = await with_voices(call, 0, 1, PLACES)
    await call.flows(mediator, voice, 100)
    await divide(call, 1, {mediator: ASIDE, voice: ASIDE, one: one.peer})
    heard = len(one.packets)
    await call.flows(voice, mediator, 1000)
    await call.flows(mediator, voice, 1500)
    assert len(one.packets) == heard
    await divide(call, 2, {mediator: ASIDE, one: ASIDE, voice: voice.peer})
    heard = len(voice.packets)
    await call.flows(one, mediator, 2000)
    await call.flows(mediator, one, 2500)
    assert len(voice.packets) == heard
