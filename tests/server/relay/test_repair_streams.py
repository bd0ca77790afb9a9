"""Repair streams (RFC 4588): what was lost goes again beside the stream, both ways."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.relay import rtcp
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.light_client import rtp_packet, vp8_payload
from tests.server.relay.offers import TRANSPORT_CC, VP8, VP8_RTX
from tests.support.waiting import eventually

REPAIR_SSRC = 6002
_PADDING = 0x20


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with running_call(tmp_path) as call:
        yield call


async def pair(call: Call) -> tuple[Member, Member]:
    sender, receiver = await call.member(0, repairs=True), await call.member(1, repairs=True)
    await call.flows(sender, receiver)
    return sender, receiver


def numbers(packets: list[bytes]) -> list[int]:
    return [int.from_bytes(packet[-2:]) for packet in packets]


def again(seq: int, transport: int, pad: int = 0) -> bytes:
    """The packet that Member.send_video sends, as a repair stream carries it."""
    inside = seq.to_bytes(2) + vp8_payload(40, False) + seq.to_bytes(2) if not pad else b""
    payload = inside + bytes(max(0, pad - 1)) + bytes([pad] if pad else [])
    extension = bytes([TRANSPORT_CC << 4 | 1]) + transport.to_bytes(2)
    packet = rtp_packet(VP8_RTX, 70 + transport, seq * 3000, REPAIR_SSRC, payload, True, extension)
    return bytes([packet[0] | (_PADDING if pad else 0)]) + packet[1:]


async def test_a_receiver_gets_a_lost_packet_beside_the_stream(call: Call) -> None:
    sender, receiver = await pair(call)
    sender.send_video(10, keyframe=True)
    sender.send_video(11)
    await eventually(lambda: numbers(receiver.video(0)) == [10, 11])
    main = receiver.client.slot_ssrcs()[6]
    original = receiver.video(0)[1]
    receiver.client.send_rtcp(rtcp.nack(1, main, [int.from_bytes(original[2:4])]))
    repair = receiver.client.repair_ssrcs()[main].to_bytes(4)

    def repairs() -> list[bytes]:
        return [packet for packet in receiver.packets if packet[8:12] == repair]

    await eventually(repairs)
    (packet,) = repairs()
    head = len(original) - len(vp8_payload(40, False)) - 2
    assert packet[1] & 127 == VP8_RTX
    assert packet[4:8] == original[4:8]  # the same moment
    assert packet[head : head + 2] == original[2:4]  # the number that it had
    assert packet[head + 2 :] == original[head:]
    assert len(receiver.video(0)) == 2


async def test_what_a_publisher_sends_again_takes_its_place(call: Call) -> None:
    sender, receiver = await pair(call)
    sender.send_video(10, keyframe=True)
    sender.send_video(12)
    await eventually(lambda: rtcp.Nack(1002, (11,)) in sender.parsed())
    sender.client.send_rtp(again(11, 900))
    await eventually(lambda: len(receiver.video(0)) == 3)
    assert numbers(receiver.video(0)) == [10, 12, 11]
    first, _, late = receiver.video(0)
    assert (int.from_bytes(late[2:4]) - int.from_bytes(first[2:4])) & 0xFFFF == 1
    assert late[1] & 127 == VP8
    assert late[8:12] == first[8:12]


async def test_what_came_again_and_then_late_is_passed_on_once(call: Call) -> None:
    sender, receiver = await pair(call)
    sender.send_video(10, keyframe=True)
    sender.send_video(12)
    sender.client.send_rtp(again(11, 900))
    sender.send_video(11)
    sender.send_video(13)
    came: list[bytes] = []

    def notes(datagram: bytes) -> bool:
        came.append(datagram)
        return False

    receiver.client.loses = notes
    await eventually(lambda: 13 in numbers(receiver.video(0)))
    main = receiver.client.slot_ssrcs()[6].to_bytes(4)
    assert len([datagram for datagram in came if datagram[8:12] == main]) == 4
    assert numbers(receiver.video(0)) == [10, 12, 11, 13]


async def test_probes_on_a_repair_stream_reach_nobody(call: Call) -> None:
    sender, receiver = await pair(call)
    sender.send_video(10, keyframe=True)
    sender.send_video(11)
    await eventually(lambda: numbers(receiver.video(0)) == [10, 11])
    sender.client.send_rtp(again(11, 900))  # it is here already
    sender.client.send_rtp(again(50_000, 901))  # nobody ever heard of it
    sender.client.send_rtp(again(11, 902, pad=200))  # only padding
    sender.client.send_rtp(again(11, 903, pad=0)[:21])  # cut short
    sender.send_video(12)
    await eventually(lambda: 12 in numbers(receiver.video(0)))
    assert numbers(receiver.video(0)) == [10, 11, 12]


async def test_probes_count_in_the_feedback_on_the_line(call: Call) -> None:
    sender, _ = await pair(call)
    sender.send_video(10, keyframe=True)
    sender.client.send_rtp(again(11, 0x0777, pad=200))

    def told() -> bool:
        feedback = [r for r in sender.reports if r[0] & 31 == 15 and r[1] == 205]
        return any(
            (0x0777 - int.from_bytes(one[12:14])) & 0xFFFF < int.from_bytes(one[14:16])
            for one in feedback
        )

    await eventually(told)
