"""A relay with light clients in one room: what a call's packets look like from outside."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from server.relay import rtcp
from server.relay.sdp import PLACES
from tests.server.relay.fake_recorder import FakeRecorder, FakeSession
from tests.server.relay.light_client import LightClient, rtp_packet, vp8_payload
from tests.server.relay.offers import AUDIO_LEVEL, OPUS, TRANSPORT_CC, VP8
from tests.server.relay.relays import ROOM, SESSION, Control, running_relay
from tests.support.waiting import eventually


class Member:
    """One light client in the call, with what it has received."""

    def __init__(self, control: Control, place: int, client: LightClient) -> None:
        self.peer = f"{place + 1:032x}"
        self.place = place
        self.client = client
        self.packets: list[bytes] = []
        self.reports: list[bytes] = []
        self._control = control
        self._transport = 0
        client.on_rtp = self.packets.append
        client.on_rtcp = self.reports.append

    async def join(self) -> None:
        async def join(offer: str) -> str:
            status, body = await self._control.join(self.peer, self.place, offer)
            assert status == 200, body
            answer: str = body["answer"]
            return answer

        await self.client.connect(join)

    # Sending.

    def send(self, number: int, seq: int, stamp: int, payload: bytes, marker: bool = True) -> None:
        self._transport += 1
        extension = bytes([TRANSPORT_CC << 4 | 1]) + self._transport.to_bytes(2)
        if number == OPUS:
            extension += bytes([AUDIO_LEVEL << 4, 0x80 | 33])
        ssrc = self.client.ssrcs[0 if number == OPUS else 1]
        self.client.send_rtp(rtp_packet(number, seq, stamp, ssrc, payload, marker, extension))

    def send_audio(self, seq: int, payload: bytes = b"\x78sound") -> None:
        self.send(OPUS, seq, seq * 960, payload)

    def send_video(self, seq: int, keyframe: bool = False, size: int = 40) -> None:
        """A frame of one packet, told apart by its number."""
        self.send(VP8, seq, seq * 3000, vp8_payload(size, keyframe) + seq.to_bytes(2))

    def send_screen(self, seq: int, keyframe: bool = False) -> None:
        payload = vp8_payload(40, keyframe) + seq.to_bytes(2)
        packet = rtp_packet(VP8, seq, seq * 3000, self.client.ssrcs[2], payload, True)
        self.client.send_rtp(packet)

    # What came.

    def slot(self, number: int) -> list[bytes]:
        """Packets of one slot: 0..5 audio, 6..11 video, 12 the screen, 13..18 more audio."""
        ssrc = self.client.slot_ssrcs()[number].to_bytes(4)
        return [packet for packet in self.packets if packet[8:12] == ssrc]

    def audio(self, place: int) -> list[bytes]:
        return self.slot(place if place < PLACES else place + PLACES + 1)

    def video(self, place: int) -> list[bytes]:
        return self.slot(6 + place)

    def screen(self) -> list[bytes]:
        return self.slot(12)

    def parsed(self) -> list[rtcp.Report]:
        return [report for packet in self.reports for report in rtcp.parse(packet)]

    def asked_keyframes(self, track: int = 1) -> int:
        wanted = rtcp.KeyframeRequest(self.client.ssrcs[track])
        return self.parsed().count(wanted)


class Call:
    """A room and its members."""

    def __init__(self, control: Control, recorders: list[FakeRecorder]) -> None:
        self.control = control
        self.members: list[Member] = []
        self._recorders = recorders

    @property
    def session(self) -> FakeSession:
        return self.recording(SESSION)

    def recording(self, name: str) -> FakeSession:
        """The recording of this name, of the room or of a talk apart in it."""
        return self._recorders[0].sessions[name]

    async def member(
        self,
        place: int,
        ssrcs: tuple[int, int, int] = (1001, 1002, 1003),
        way: tuple[str, str] | None = None,
        **wishes: Any,
    ) -> Member:
        """Somebody new at a place; ``way`` as in LightClient, ``wishes`` are for the offer."""
        member = Member(self.control, place, LightClient(ssrcs, **wishes))
        member.client.way = way
        self.members.append(member)
        await member.join()
        return member

    async def record(self, required: bool = True) -> None:
        body = {"recording": {"session": SESSION, "required": required}}
        status, _ = await self.control.call("PUT", f"/rooms/{ROOM}", body)
        assert status == 200

    async def flows(self, sender: Member, receiver: Member, seq: int = 100) -> int:
        """Send sound until it arrives; return the next unused number."""
        numbers = iter(range(seq, seq + 200))
        before = len(receiver.audio(sender.place))

        async def arrives() -> bool:
            sender.send_audio(next(numbers))
            await asyncio.sleep(0)
            return len(receiver.audio(sender.place)) > before

        await eventually(arrives)
        return next(numbers)


@contextlib.asynccontextmanager
async def running_call(folder: Path, *announce: str) -> AsyncIterator[Call]:
    """A relay with one room, and a recorder that only remembers."""
    recorders: list[FakeRecorder] = []

    def make(*arguments: object) -> FakeRecorder:
        recorders.append(FakeRecorder(*arguments))  # type: ignore[arg-type]
        return recorders[0]

    async with running_relay(folder, make, announce or ("127.0.0.1",)) as control:
        await control.call("PUT", f"/rooms/{ROOM}", {"recording": None})
        call = Call(control, recorders)
        yield call
        for member in call.members:
            await member.client.close()
