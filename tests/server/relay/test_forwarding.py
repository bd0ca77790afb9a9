"""What the relay does to packets, seen from both ends of a call of light clients."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from server.relay import rtcp
from server.relay.clock import ntp_time
from server.relay.rtp import HEADER, extensions, payload_offset
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.offers import ABS_SEND_TIME, AUDIO_LEVEL, OPUS, VP8
from tests.support.waiting import eventually


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


def numbers(packets: list[bytes]) -> list[int]:
    """The numbers that ``send_video`` put at the end."""
    return [int.from_bytes(packet[-2:]) for packet in packets]


def seqs(packets: list[bytes]) -> list[int]:
    return [int.from_bytes(packet[2:4]) for packet in packets]


def is_unbroken(packets: list[bytes]) -> bool:
    found = seqs(packets)
    return all((b - a) & 0xFFFF == 1 for a, b in pairwise(found))


async def send_videos(sender: Member, receiver: Member, first: int, count: int) -> None:
    """Send a key frame and what follows, and wait until the last one has arrived."""
    for seq in range(first, first + count):
        sender.send_video(seq, keyframe=seq == first)
    last = first + count - 1
    await eventually(lambda: last in numbers(receiver.video(sender.place)))


async def test_sound_arrives_under_a_header_of_our_own(call: Call) -> None:
    sender, receiver = await call.member(2), await call.member(5)
    await call.flows(sender, receiver)
    packet = receiver.audio(2)[-1]
    flags, second, _, _, _ = HEADER.unpack_from(packet)
    assert (flags, second) == (0x90, 0x80 | OPUS)
    assert packet[payload_offset(packet) :] == b"\x78sound"
    found = extensions(packet)
    assert set(found) == {ABS_SEND_TIME, AUDIO_LEVEL}
    assert packet[found[AUDIO_LEVEL][0]] == 0x80 | 33


async def test_video_begins_with_a_key_frame(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    sender.send_video(9)
    await send_videos(sender, receiver, 10, 3)
    assert numbers(receiver.video(0)) == [10, 11, 12]
    assert is_unbroken(receiver.video(0))
    assert HEADER.unpack_from(receiver.video(0)[0])[1] == 0x80 | VP8


async def test_nobody_gets_themselves(call: Call) -> None:
    first, second = await call.member(0), await call.member(1)
    seq = await call.flows(first, second)
    await call.flows(second, first)
    await call.flows(first, second, seq)
    assert first.audio(0) == second.audio(1) == []


async def test_three_hear_one_another(call: Call) -> None:
    members = [await call.member(place) for place in (0, 3, 4)]
    for sender in members:
        for receiver in members:
            if sender is not receiver:
                await call.flows(sender, receiver, 100 + 300 * receiver.place)


async def test_a_slot_changes_its_source_without_a_seam(call: Call) -> None:
    receiver = await call.member(0)
    before = await call.member(1)
    await call.flows(before, receiver)
    await send_videos(before, receiver, 10, 5)
    await call.control.call("DELETE", f"/rooms/{'a' * 32}/peers/{before.peer}")
    after = await call.member(1, ssrcs=(7001, 7002, 7003))
    await call.flows(after, receiver, 40000)
    await send_videos(after, receiver, 50000, 5)
    packets = receiver.video(1)
    assert numbers(packets) == [10, 11, 12, 13, 14, *range(50000, 50005)]
    assert is_unbroken(packets)
    stamps = [HEADER.unpack_from(packet)[3] for packet in packets]
    passed = [(b - a) & 0xFFFFFFFF for a, b in pairwise(stamps)]
    assert 0 < passed[4] < 90000 * 30
    assert is_unbroken(receiver.audio(1))


async def test_a_peer_that_comes_back_leaves_no_ghost(call: Call) -> None:
    receiver, before = await call.member(0), await call.member(1)
    await call.flows(before, receiver)
    after = await call.member(1, ssrcs=(7001, 7002, 7003))
    await call.flows(after, receiver, 40000)
    before.send_audio(500, b"\x78ghost")
    await call.flows(receiver, after)
    await call.flows(after, receiver, 41000)
    assert not any(packet.endswith(b"ghost") for packet in receiver.audio(1))
    assert call.control.heard("peer.gone") == []
    _, room = await call.control.call("GET", f"/rooms/{'a' * 32}")
    assert [peer["place"] for peer in room["peers"]] == [0, 1]


async def test_a_missed_packet_is_sent_again(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    await send_videos(sender, receiver, 10, 1)
    first = receiver.video(0)[0]
    missed = (int.from_bytes(first[2:4]) + 2) & 0xFFFF
    lost: list[bytes] = []

    def loses(datagram: bytes) -> bool:
        wanted = datagram[8:12] == first[8:12] and int.from_bytes(datagram[2:4]) == missed
        if wanted:
            lost.append(datagram)
        return wanted and len(lost) == 1

    receiver.client.loses = loses
    for seq in range(11, 15):
        sender.send_video(seq)
    await eventually(lambda: 14 in numbers(receiver.video(0)))
    assert 12 not in numbers(receiver.video(0))
    receiver.client.send_rtcp(rtcp.nack(1, int.from_bytes(first[8:12]), [missed]))
    await eventually(lambda: numbers(receiver.video(0)) == [10, 11, 13, 14, 12])
    assert seqs(receiver.video(0))[-1] == missed


async def test_what_is_sent_again_is_the_same_to_the_bit(call: Call) -> None:
    """One number, one content: more would give away the key (AES-GCM)."""
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    came: list[bytes] = []

    def notes(datagram: bytes) -> bool:
        came.append(datagram)
        return False

    receiver.client.loses = notes
    await send_videos(sender, receiver, 10, 3)
    one = receiver.video(0)[1]
    receiver.client.send_rtcp(rtcp.nack(1, int.from_bytes(one[8:12]), seqs([one])))

    def alike() -> list[bytes]:
        return [datagram for datagram in came if datagram[2:12] == one[2:12]]

    await eventually(lambda: len(alike()) > 1)
    assert len(set(alike())) == 1


async def test_a_number_is_not_used_again_after_disorder(call: Call) -> None:
    """The last packet of a run is not always the one with the highest number."""
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    ordered: list[bytes] = []
    sender.client.send_rtp = lambda packet: ordered.append(sender.client.seal(packet))  # type: ignore[method-assign]
    for seq in (10, 11, 12, *range(9000, 9004)):
        sender.send_video(seq, keyframe=seq in (10, 9000))
    for burst in ((0,), (2, 1), (3, 4, 5, 6)):
        for number in burst:
            sender.client.send_raw(ordered[number])
        await eventually(lambda: len(receiver.video(0)) > max(burst))  # noqa: B023
    await eventually(lambda: 9003 in numbers(receiver.video(0)))
    assert numbers(receiver.video(0)) == [10, 12, 11, 9000, 9001, 9002, 9003]
    assert len(set(seqs(receiver.video(0)))) == 7


async def test_repairs_do_not_multiply_traffic(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    await send_videos(sender, receiver, 10, 5)
    one = receiver.video(0)[2]
    came: list[bytes] = []

    def notes(datagram: bytes) -> bool:
        came.append(datagram)
        return False

    receiver.client.loses = notes
    for _ in range(50):
        wanted = [int.from_bytes(one[2:4])] * 100
        receiver.client.send_rtcp(rtcp.nack(1, int.from_bytes(one[8:12]), wanted))
    await call.flows(sender, receiver, seq)
    assert len([datagram for datagram in came if datagram[8:12] == one[8:12]]) < 100


async def test_a_publisher_is_asked_for_what_did_not_come(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    sender.send_video(10, keyframe=True)
    sender.send_video(13)
    await eventually(lambda: rtcp.Nack(1002, (11, 12)) in sender.parsed())
    sender.send_video(11)
    sender.send_video(12)
    await eventually(lambda: len(receiver.video(0)) == 4)
    assert numbers(receiver.video(0)) == [10, 13, 11, 12]
    first = seqs(receiver.video(0))[0]
    assert [(seq - first) & 0xFFFF for seq in seqs(receiver.video(0))] == [0, 3, 1, 2]


async def test_who_reports_on_each_section_under_another_name_is_heard(call: Call) -> None:
    """Firefox has an SSRC of its own for the reports of each section, and of each size it sends."""
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    await send_videos(sender, receiver, 10, 3)
    asked = sender.asked_keyframes()
    idle = len(receiver.client.slot_ssrcs()) + len(sender.client.ssrcs) + len("qh")
    for reporter in range(5000, 5000 + idle):
        receiver.client.send_rtcp(b"\x80\xc9\x00\x01" + reporter.to_bytes(4))
    slot = int.from_bytes(receiver.video(0)[0][8:12])
    receiver.client.send_rtcp(rtcp.picture_loss(5000 + idle, slot))
    await eventually(lambda: sender.asked_keyframes() > asked)


async def test_many_wishes_for_a_key_frame_become_one(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    await send_videos(sender, receiver, 10, 1)
    asked = sender.asked_keyframes()
    slot = int.from_bytes(receiver.video(0)[0][8:12])
    for _ in range(30):
        receiver.client.send_rtcp(rtcp.picture_loss(1, slot))
    await eventually(lambda: sender.asked_keyframes() > asked)
    assert sender.asked_keyframes() <= asked + 2


async def test_clocks_are_translated_alike_for_sound_and_picture(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    await send_videos(sender, receiver, 10, 1)
    sound, picture = receiver.audio(0)[-1], receiver.video(0)[-1]
    wrong = ntp_time(1000.0)  # a browser whose clock is fifty years behind
    for track, stamp in ((0, 960), (1, 30000)):
        report = rtcp.sender_report(sender.client.ssrcs[track], wrong, stamp, 1, 1)
        sender.client.send_rtcp(report)

    def reports() -> dict[int, rtcp.SenderReport]:
        found = [r for r in receiver.parsed() if isinstance(r, rtcp.SenderReport)]
        return {report.ssrc: report for report in found}

    await eventually(lambda: len(reports()) == 2)
    of_sound = reports()[int.from_bytes(sound[8:12])]
    of_picture = reports()[int.from_bytes(picture[8:12])]
    assert of_sound.ntp == of_picture.ntp > ntp_time(1.7e9)
    assert of_picture.rtp == HEADER.unpack_from(picture)[3]  # 30000 was frame 10's stamp


async def test_a_publisher_is_told_how_it_arrives(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    for number in range(seq, seq + 40):
        if number % 4:
            sender.send_audio(number)
    await eventually(
        lambda: any(isinstance(r, rtcp.Block) and r.missing >= 9 for r in sender.parsed()), 5
    )


async def test_a_publisher_gets_transport_feedback(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    await eventually(lambda: any(r[0] == 0x8F and r[1] == 205 for r in sender.reports), 3)


async def test_round_trips_are_measured(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    sender.client.send_rtcp(rtcp.sender_report(1001, ntp_time(1000.0), 960, 1, 1))

    async def measured() -> bool:
        found = [r for r in receiver.parsed() if isinstance(r, rtcp.SenderReport)]
        for report in found:
            one = rtcp.Reception(report.ssrc, 0, 0, 0, 0, report.ntp >> 16 & 0xFFFFFFFF, 0)
            receiver.client.send_rtcp(rtcp.receiver_report(1, [one]))
        _, room = await call.control.call("GET", f"/rooms/{'a' * 32}")
        return room["peers"][1]["quality"]["rtt_ms"] is not None

    await eventually(measured, 8)


async def test_undeclared_streams_are_known_by_their_kind(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    sender.client.ssrcs = (4001, 4002, 4003)
    await call.flows(sender, receiver, 900)
    assert is_unbroken(receiver.audio(0))


async def test_the_screen_is_shown_to_the_others(call: Call) -> None:
    first, second = await call.member(0), await call.member(1)
    await call.flows(first, second)
    for seq in range(10, 15):
        first.send_screen(seq, keyframe=True)
        await asyncio.sleep(0.01)
    await eventually(lambda: 14 in numbers(second.screen()))
    assert first.screen() == []


async def test_a_browser_may_move_to_another_address(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    receiver.client.move()
    receiver.client.send_raw(receiver.client.binding_request())
    await call.flows(sender, receiver, seq)
