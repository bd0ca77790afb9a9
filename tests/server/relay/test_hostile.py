"""What must not end, degrade or slow a call."""

import logging
import random
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aioice import stun

from server.relay import rtcp
from tests.server.relay.calls import Call, Member, running_call
from tests.server.relay.light_client import LightClient, rtp_packet
from tests.server.relay.offers import OPUS, UNKNOWN, make_offer
from tests.server.relay.relays import ROOM
from tests.support.waiting import eventually


@pytest.fixture
async def call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Call]:
    """A call; whatever happens in it must not be worth an error in the log."""
    async with running_call(tmp_path) as call:
        yield call
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def garbage(seed: int) -> list[bytes]:
    """Datagrams of every kind that are of no kind."""
    source = random.Random(seed)
    firsts = [0, 1, 3, 20, 21, 22, 23, 32, 63, 64, 127, 128, 144, 191, 192, 255]
    sizes = [1, 2, 11, 12, 13, 19, 20, 28, 40, 200, 1200, 2047, 2048, 3000]
    return [
        b"",
        *(bytes([first]) + source.randbytes(size - 1) for first in firsts for size in sizes),
    ]


async def test_garbage_from_a_stranger(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    relay = sender.client.socket.getpeername()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for datagram in garbage(1):
            stranger.sendto(datagram, relay)
    await call.flows(sender, receiver, seq)


async def test_garbage_from_a_peers_own_address(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    for datagram in garbage(2):
        sender.client.send_raw(datagram)
    await call.flows(sender, receiver, seq)


async def test_garbage_during_the_handshake(call: Call) -> None:
    client = LightClient()
    sender = Member(call.control, 0, client)
    call.members.append(sender)
    _, body = await call.control.join(sender.peer, 0, client.offer())
    client.answer = body["answer"]
    await client.begin_path()
    alert = bytes.fromhex("15feff0000000000000001 0002 0228")
    for datagram in [*garbage(3), alert, alert * 3]:
        client.send_raw(datagram)
    await client.shake_hands()
    await call.flows(sender, await call.member(1))


@pytest.mark.parametrize(
    "packet",
    [
        b"\x8f\xce\x00\x03" + bytes(8) + b"REMB",
        b"\x8f\xce\x00\x04" + bytes(8) + b"REMB\xff\xff\xff\xff",
        b"\x81\xcd\x00\x02" + bytes(8),
        b"\x9f\xc8\x00\x06" + b"\xff" * 24,
        b"\x9f\xc9\x00\x01" + b"\xff" * 4,
        b"\x81\xce\xff\xff" + b"\xff" * 8,
        b"\x84\xce\x00\x02" + b"\xff" * 8,
        b"\x80\xcb\x00\x01" + b"\xff" * 4,
    ],
)
async def test_malformed_rtcp_of_a_member(call: Call, packet: bytes) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    for member in (sender, receiver):
        member.client.send_rtcp(packet)
    await call.flows(sender, receiver, seq)


async def test_malformed_media_of_a_member(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    good = rtp_packet(OPUS, seq, 1, 1001, b"", extensions=b"\x31\0\1")
    for packet in (
        good,  # nothing but a header
        good[:1] + b"\x00" + good[2:],  # an unknown payload type
        rtp_packet(OPUS, seq + 1, 1, 1001, b"x", extensions=b"\x1f\xff\xff"),
        rtp_packet(OPUS, seq + 2, 1, 1001, bytes(1900)),
        rtp_packet(OPUS, seq + 20000, 1, 1001, b"x"),  # a jump
    ):
        sender.client.send_rtp(packet)
    await call.flows(sender, receiver, seq + 20001)


async def test_streams_without_end_are_not_taken(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    for ssrc in range(5000, 5500):
        sender.client.send_rtp(rtp_packet(OPUS, 1, 1, ssrc, b"x"))
        sender.client.send_rtcp(b"\x80\xc9\x00\x01" + ssrc.to_bytes(4))
    for ssrc in (1001, 1001):
        sender.client.send_rtp(rtp_packet(OPUS, seq, 1, ssrc, b"x"))
        seq += 1
    await call.flows(sender, receiver, seq)


async def test_streams_of_no_kind_are_counted_too(call: Call) -> None:
    """Whatever is rightly encrypted costs libsrtp's memory, whether we know what it is or not."""
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    for ssrc in range(5000, 5500):
        sender.client.send_rtp(rtp_packet(UNKNOWN, 1, 1, ssrc, b"x"))
    sender.client.send_rtp(rtp_packet(OPUS, 2, 1, 6000, b"one too many"))
    sender.client.send_rtp(rtp_packet(OPUS, 2, 1, 5000, b"of the first"))
    await eventually(lambda: receiver.audio(0)[-1].endswith(b"of the first"))
    assert not any(packet.endswith(b"one too many") for packet in receiver.audio(0))
    await call.flows(sender, receiver, seq)


async def test_one_receiver_does_not_spend_everybodys_key_frames(call: Call) -> None:
    sender, receiver, greedy = [await call.member(place) for place in range(3)]
    await call.flows(sender, receiver)
    sender.send_video(1, keyframe=True)
    await eventually(lambda: receiver.video(0) and greedy.video(0))
    numbers = iter(range(2, 50_000))

    def told(times: int) -> bool:  # the relay tells of quality every two seconds
        sender.send_video(next(numbers))
        greedy.client.send_rtcp(rtcp.picture_loss(1, greedy.client.slot_ssrcs()[6]))
        return len(call.control.heard("quality")) >= times

    before, asked = len(call.control.heard("quality")), sender.asked_keyframes()
    await eventually(lambda: told(before + 3))
    assert sender.asked_keyframes() - asked <= 6


async def test_a_stranger_cannot_take_a_peers_path(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    relay = receiver.client.socket.getpeername()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.setblocking(False)
        for password in (b"wrong", b"", b"x" * 600):
            stranger.sendto(receiver.client.binding_request(password or b"-"), relay)
        await call.flows(sender, receiver, seq)
        with pytest.raises(BlockingIOError):
            stranger.recv(2000)


async def test_a_forged_address_costs_its_peer_nothing_that_lasts(call: Call) -> None:
    victim, receiver, forger = [await call.member(place) for place in range(3)]
    seq = await call.flows(victim, receiver)
    victim.client.send_raw(forger.client.binding_request())  # as if it came from there
    victim.client.send_raw(victim.client.binding_request())  # browsers ask every few seconds
    await call.flows(victim, receiver, seq)


async def test_media_from_an_address_that_did_not_introduce_itself(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    await call.flows(sender, receiver)
    relay = sender.client.socket.getpeername()
    sender.client.move()
    sender.send_audio(700, b"\x78moved")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(b"\x80\x6f".ljust(60, b"x"), relay)
    await call.flows(await call.member(2), receiver)
    assert not any(packet.endswith(b"moved") for packet in receiver.audio(0))


async def test_candidates_make_the_relay_send_nothing(call: Call) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as victim:
        victim.bind(("127.0.0.1", 0))
        victim.setblocking(False)
        port = victim.getsockname()[1]
        candidates = f"a=candidate:1 1 udp 1 127.0.0.1 {port} typ host\r\n" * 200
        offer = make_offer().replace("a=mid:0\r\n", "a=mid:0\r\n" + candidates)
        status, _ = await call.control.join("1" * 32, 0, offer)
        assert status == 200
        first, second = await call.member(1), await call.member(2)
        await call.flows(first, second)
        with pytest.raises(BlockingIOError):
            victim.recv(2000)


async def test_stun_of_every_shape(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    good = sender.client.binding_request()
    source = random.Random(4)
    for _ in range(300):
        changed = bytearray(good)
        for _ in range(source.randint(1, 4)):
            changed[source.randrange(len(changed))] = source.randrange(256)
        sender.client.send_raw(bytes(changed))
    indication = stun.Message(stun.Method.BINDING, stun.Class.INDICATION)
    sender.client.send_raw(bytes(indication))
    await call.flows(sender, receiver, seq)


async def test_feedback_about_streams_of_others(call: Call) -> None:
    sender, receiver = await call.member(0), await call.member(1)
    seq = await call.flows(sender, receiver)
    for ssrc in (0, 1, 1001, 1002, 0xFFFFFFFF):
        receiver.client.send_rtcp(rtcp.picture_loss(1, ssrc))
        receiver.client.send_rtcp(rtcp.nack(1, ssrc, [1, 2, 3]))
        receiver.client.send_rtcp(rtcp.sender_report(ssrc, 1, 1, 1, 1))
    await call.flows(sender, receiver, seq)
    _, room = await call.control.call("GET", f"/rooms/{ROOM}")
    assert all(peer["connected"] for peer in room["peers"])
    await eventually(lambda: call.control.heard("quality"))
