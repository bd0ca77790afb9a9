"""Every attack at once while a call runs and is recorded: the call and the recording are whole."""

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from recordings import journal
from recordings.model import TrackKind
from recordings.records import Segment
from server.relay import rtcp
from tests.server.relay.calls import Member
from tests.server.relay.fuzzing import mutated, seeds
from tests.server.relay.light_client import LightClient, rtp_packet
from tests.server.relay.offers import OPUS, UNKNOWN
from tests.server.relay.relays import ROOM, SESSION, Control, running_relay
from tests.support.waiting import eventually

_BURST = 50  # datagrams, then the relay gets its turn: this is about content, not about bandwidth
_MOST_LINES = 10  # of log for a whole battery


@dataclass
class Battle:
    """A recorded call of two, and a stranger with a socket of his own."""

    control: Control
    folder: Path
    sender: Member
    receiver: Member
    stranger: socket.socket
    seq: int = 1000

    @property
    def relay(self) -> tuple[str, int]:
        address: tuple[str, int] = self.sender.client.socket.getpeername()
        return address

    def talk(self) -> None:
        """The call goes on: one more packet of sound."""
        self.seq += 1
        self.sender.send_audio(self.seq, b"\x78" + self.seq.to_bytes(4))

    def heard(self) -> list[int]:
        """What arrived of it, in the order in which it did."""
        return [int.from_bytes(packet[-4:]) for packet in self.receiver.audio(0)]

    async def all_heard(self) -> None:
        await eventually(lambda: self.heard()[-1:] == [self.seq])


@pytest.fixture
async def battle(tmp_path: Path) -> AsyncIterator[Battle]:
    async with running_relay(tmp_path) as control:
        body = {"recording": {"session": SESSION, "required": True}}
        await control.call("PUT", f"/rooms/{ROOM}", body)
        members = [
            Member(control, place, LightClient((place * 10 + 1, place * 10 + 2, place * 10 + 3)))
            for place in range(2)
        ]
        for member in members:
            await member.join()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", 0))
            stranger.setblocking(False)
            battle = Battle(control, tmp_path, members[0], members[1], stranger)
            await _begin(battle)
            yield battle
        for member in members:
            await member.client.close()


async def _begin(battle: Battle) -> None:
    """Talk until what is said arrives, which it does when it is on disk."""

    async def arrives() -> bool:
        battle.talk()
        await asyncio.sleep(0.01)
        return bool(battle.heard())

    await eventually(arrives)
    battle.receiver.packets.clear()


async def _send_all(battle: Battle, send: Callable[[bytes], object], data: list[bytes]) -> None:
    for number, datagram in enumerate(data):
        with contextlib.suppress(BlockingIOError):
            send(datagram)
        if number % _BURST == 0:
            battle.talk()
            await asyncio.sleep(0.002)


def _from_stranger(battle: Battle) -> Callable[[bytes], object]:
    return lambda datagram: battle.stranger.sendto(datagram, battle.relay)


async def nothing_at_all(battle: Battle) -> None:
    """Empty datagrams, from a stranger and from a member's own address."""
    await _send_all(battle, _from_stranger(battle), [b""] * 500)
    await _send_all(battle, battle.sender.client.send_raw, [b""] * 500)


async def alerts_and_hellos(battle: Battle) -> None:
    """DTLS that nobody signed, as somebody would send it who can forge an address."""
    alert = b"\x15\xfe\xfd" + bytes(8) + b"\0\2\2\x28"
    hello = b"\x16\xfe\xff" + bytes(8) + b"\0\x3c\x01\0\0\x30" + bytes(4) + b"\0\x30\xfe\xfd"
    forged = [alert, alert * 3, hello.ljust(73, b"\7"), hello.ljust(73, b"\7") + alert] * 50
    for send in (_from_stranger(battle), battle.sender.client.send_raw):
        await _send_all(battle, send, forged)


async def any_bytes(battle: Battle) -> None:
    """Everything that is nearly right."""
    source = random.Random(11)
    everything = [one for name in ("stun", "rtp", "rtcp", "demux") for one in seeds()[name]]
    datagrams = [mutated(everything, source)[:1400] for _ in range(1000)]
    await _send_all(battle, _from_stranger(battle), datagrams)
    await _send_all(battle, battle.receiver.client.send_raw, datagrams)


async def reports_that_are_signed(battle: Battle) -> None:
    """Malformed RTCP from a member: it passes decryption."""
    source = random.Random(12)
    good = [*seeds()["rtcp"], rtcp.nack(1, battle.receiver.client.slot_ssrcs()[0], [1, 900])]
    for number in range(1000):
        packet = mutated(good, source)[:1400]
        if len(packet) >= 8:
            battle.receiver.client.send_rtcp(b"\x80\xc8" + packet[2:])
        if number % _BURST == 0:
            battle.talk()
            await asyncio.sleep(0.002)


async def streams_without_end(battle: Battle) -> None:
    """10,000 SSRCs, each rightly encrypted, every second one of a kind that nobody knows."""
    packets = (
        rtp_packet(OPUS if ssrc % 2 else UNKNOWN, 1, 1, ssrc, b"x") for ssrc in range(5000, 15000)
    )
    await _send_all(
        battle,
        battle.receiver.client.send_raw,
        [battle.receiver.client.seal(one) for one in packets],
    )


async def a_flood_of_stun(battle: Battle) -> None:
    """Requests that name a member and are signed with another password."""
    request = battle.receiver.client.binding_request(b"wrong password, as long as right")
    await _send_all(battle, _from_stranger(battle), [request] * 3000)
    await _send_all(battle, battle.sender.client.send_raw, [request] * 500)
    with pytest.raises(BlockingIOError):
        battle.stranger.recv(2000)


async def what_was_said_before(battle: Battle) -> None:
    """Replayed SRTP, from the right address and from a foreign one."""
    battle.seq += 1
    payload = b"\x78" + battle.seq.to_bytes(4)
    ssrc = battle.sender.client.ssrcs[0]
    packet = rtp_packet(OPUS, battle.seq, battle.seq * 960, ssrc, payload)
    sealed = battle.sender.client.seal(packet)
    await _send_all(battle, battle.sender.client.send_raw, [sealed] * 500)
    await _send_all(battle, _from_stranger(battle), [sealed] * 500)


ATTACKS: list[Callable[[Battle], Awaitable[None]]] = [
    nothing_at_all,
    alerts_and_hellos,
    any_bytes,
    reports_that_are_signed,
    streams_without_end,
    a_flood_of_stun,
    what_was_said_before,
]


async def test_the_call_and_its_recording_are_untouched(
    battle: Battle, caplog: pytest.LogCaptureFixture
) -> None:
    first = battle.seq + 1
    for attack in ATTACKS:
        await attack(battle)
        battle.talk()
        await battle.all_heard()
    assert battle.heard() == list(range(first, battle.seq + 1))

    async def is_whole() -> bool:  # on a slow machine a battle outlasts the patience with silence
        battle.talk()  # the alarm about the attacker's own sound ends with what is written after it
        for member in (battle.sender, battle.receiver):
            member.client.send_raw(member.client.binding_request())
        _, room = await battle.control.call("GET", f"/rooms/{ROOM}")
        assert room["recording"] == "recording"
        return [(p["connected"], p["silent"]) for p in room["peers"]] == [(True, False)] * 2

    await eventually(is_whole)
    await battle.all_heard()
    await battle.control.call("DELETE", f"/rooms/{ROOM}")
    await eventually(lambda: battle.control.heard("recording.closed"))
    _check_recording(battle)
    assert len([one for one in caplog.records if one.levelno > logging.DEBUG]) <= _MOST_LINES


def _check_recording(battle: Battle) -> None:
    """Every packet of sound is in it once, and none is missing; only the attacker's own track,
    which began anew thousands of times, may have been told to be unsteady.
    """
    records = journal.read(battle.folder / "recordings" / SESSION / "journal.jsonl")
    sound = [
        record
        for record in records
        if isinstance(record, Segment)
        and record.participant == battle.sender.peer
        and record.track is TrackKind.MICROPHONE
    ]
    assert sum(segment.frames for segment in sound) == battle.seq - 1000
    assert sum(segment.lost_packets for segment in sound) == 0
    told = battle.control.heard("recording.failed")
    assert {(one["code"], one["peer"]) for one in told} <= {("track_stalled", battle.receiver.peer)}
