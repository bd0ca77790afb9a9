"""The load: many recorded two-party rooms against one server, from a process of its own.

``python -m tests.bench.relay.load KIND SOCKET ROOMS WARM_S SECONDS`` prints a line when it begins
to watch, and then one JSON object. KIND: relay; bare, the relay without recording; or janus.
"""

import asyncio
import contextlib
import json
import secrets
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import uvloop

from server.relay import rtcp
from tests.bench.relay.janus import JanusRooms
from tests.bench.relay.media import FRAMES_PER_SECOND, Participant
from tests.server.relay.light_client import LightClient

_AUDIO_PER_SECOND = 50
_AT_ONCE = 5  # rooms
_LET_IN_S, _AGAIN_S = 120.0, 1.0


class Overloaded(Exception):
    """The relay takes no more rooms, at least now."""


class Rooms(Protocol):
    """Opens rooms at one server."""

    async def open(self) -> None: ...
    async def open_room(self) -> list[Participant]: ...
    async def close(self) -> None: ...


@dataclass(eq=False, slots=True)
class Home:
    """One room of the relay, and who sits where."""

    room: str
    session: str
    seats: dict[int, Participant] = field(default_factory=dict)

    def path(self, place: int) -> str:
        return f"/rooms/{self.room}/peers/{place + 1:032x}"


class RelayRooms:
    """Opens rooms at our relay."""

    def __init__(self, path: Path, recorded: bool = True) -> None:
        self._recorded = recorded
        self._http = aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path)))

    async def open(self) -> None:
        """Nothing to be said before the first room."""

    async def close(self) -> None:
        await self._http.close()

    async def text(self, path: str) -> str:
        async with self._http.get(f"http://relay{path}") as response:
            return await response.text()

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        async with self._http.request(method, f"http://relay{path}", json=body) as response:
            if response.status == 503:
                raise Overloaded(await response.text())
            assert response.status in (200, 204), await response.text()
            return await response.json() if response.status == 200 else None

    async def open_room(self) -> list[Participant]:
        """One room with two participants; where it is recorded, recording is required."""
        home = await self.new_home()
        return [await self.join(home, place) for place in range(2)]

    async def new_home(self) -> Home:
        home = Home(secrets.token_hex(16), secrets.token_hex(16))
        recording = {"session": home.session, "required": True}
        body = {"recording": recording if self._recorded else None}
        # So many at once come nowhere else: a relay counts each new one high at first.
        async with asyncio.timeout(_LET_IN_S):
            while True:
                with contextlib.suppress(Overloaded):
                    await self._call("PUT", f"/rooms/{home.room}", body)
                    return home
                await asyncio.sleep(_AGAIN_S)

    async def join(self, home: Home, place: int) -> Participant:
        """Connect, or connect again, whoever sits at ``place``."""

        async def join(offer: str) -> str:
            body = {"place": place, "role": "party", "offer": offer}
            answer: str = (await self._call("POST", home.path(place), body))["answer"]
            return answer

        client = LightClient()
        await client.connect(join)
        return Participant(client, client)

    async def record(self, home: Home, action: str) -> None:
        body = {"action": action, "reason": "load"}
        await self._call("POST", f"/rooms/{home.room}/recording", body)

    async def remove(self, home: Home, place: int) -> None:
        await self._call("DELETE", home.path(place))

    async def delete(self, home: Home) -> None:
        await self._call("DELETE", f"/rooms/{home.room}")


async def send(participant: Participant, phase: float, until: float) -> None:
    """Send in real time; frames of different participants do not coincide."""
    begin = time.monotonic() + phase
    video = audio = second = 0
    while (now := time.monotonic()) < until:
        while begin + video / FRAMES_PER_SECOND <= now:
            participant.send_video(video)
            video += 1
        while begin + audio / _AUDIO_PER_SECOND <= now:
            participant.send_audio(audio)
            audio += 1
        if begin + second <= now:
            _report(participant)
            second += 1
        following = min(video / FRAMES_PER_SECOND, audio / _AUDIO_PER_SECOND)
        await asyncio.sleep(max(0.0, begin + following - time.monotonic()))


def _report(participant: Participant) -> None:
    receptions = [
        rtcp.Reception(ssrc, 0, 0, stream.last & 0xFFFF, 0, 0, 0)
        for ssrc, stream in participant.streams.items()
    ]
    participant.receiver.send_rtcp(rtcp.receiver_report(77, receptions))
    for client in participant.clients:
        client.send_raw(client.binding_request())


async def main(rooms: Rooms, count: int, warm: float, seconds: float) -> None:
    """Warm up, watch, report."""
    await rooms.open()
    participants = await _open(rooms, count)
    until = time.monotonic() + warm + seconds + 0.5
    sending = [
        asyncio.create_task(send(one, number / len(participants) / FRAMES_PER_SECOND, until))
        for number, one in enumerate(participants)
    ]
    await asyncio.sleep(warm)
    _watch(participants, True)
    print("watching", flush=True)
    cpu, at = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    busy = (time.process_time() - cpu) / (time.monotonic() - at)
    _watch(participants, False)
    print(json.dumps(_summary(participants) | {"busy": busy}), flush=True)
    await asyncio.gather(*sending)
    for participant in participants:
        for client in participant.clients:
            await client.close()
    await rooms.close()


async def _open(rooms: Rooms, count: int) -> list[Participant]:
    """Open the rooms, some side by side: a handshake is mostly waiting."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def open_one() -> list[Participant]:
        async with free:
            return await rooms.open_room()

    opened = await asyncio.gather(*(open_one() for _ in range(count)))
    return [one for pair in opened for one in pair]


def _watch(participants: list[Participant], on: bool) -> None:
    for participant in participants:
        participant.watching = on


def _summary(participants: list[Participant]) -> dict[str, float]:
    streams = [stream for one in participants for stream in one.streams.values()]
    delays = sorted(delay for stream in streams for delay in stream.delays)
    expected = sum(stream.expected for stream in streams)
    received = sum(stream.count for stream in streams)
    wanted = 2 * len(participants)
    return {
        "received": received,
        # A stream of which nothing comes is lost entirely.
        "loss": 1 - received / expected * len(streams) / wanted if expected else 1.0,
        "p50_ms": delays[len(delays) // 2] / 1e6 if delays else 0.0,
        "p99_ms": delays[len(delays) * 99 // 100] / 1e6 if delays else 0.0,
    }


async def _begin(kind: str, path: Path, *numbers: float) -> None:
    rooms: Rooms
    if kind == "janus":
        rooms = JanusRooms(path, path.parent / "recordings")
    else:
        rooms = RelayRooms(path, recorded=kind == "relay")
    await main(rooms, int(numbers[0]), *numbers[1:])


if __name__ == "__main__":
    uvloop.run(_begin(sys.argv[1], Path(sys.argv[2]), *map(float, sys.argv[3:])))
