"""The load: many two-party rooms against one relay, from a process of its own.

``python -m tests.bench.relay.load SOCKET ROOMS WARM_S SECONDS`` prints one JSON object.
"""

import asyncio
import json
import secrets
import sys
import time
from typing import Any

import aiohttp
import uvloop

from server.relay import rtcp
from tests.bench.relay.media import FRAMES_PER_SECOND, Participant
from tests.server.relay.light_client import LightClient

_AUDIO_PER_SECOND = 50


class Load:
    """All participants of all rooms."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.participants: list[Participant] = []

    async def _call(self, method: str, path: str, body: object) -> Any:
        async with self._http.request(method, f"http://relay{path}", json=body) as response:
            assert response.status == 200, await response.text()
            return await response.json()

    async def open_room(self) -> None:
        """One room with two participants, recording required."""
        room = secrets.token_hex(16)
        recording = {"session": secrets.token_hex(16), "required": True}
        await self._call("PUT", f"/rooms/{room}", {"recording": recording})
        for place in range(2):
            path = f"/rooms/{room}/peers/{secrets.token_hex(16)}"

            async def join(offer: str, path: str = path, place: int = place) -> str:
                body = {"place": place, "role": "party", "offer": offer}
                answer: str = (await self._call("POST", path, body))["answer"]
                return answer

            client = LightClient()
            await client.connect(join)
            self.participants.append(Participant(client))

    async def run(self, participant: Participant, phase: float, until: float) -> None:
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
                self._report(participant)
                second += 1
            following = min(video / FRAMES_PER_SECOND, audio / _AUDIO_PER_SECOND)
            await asyncio.sleep(max(0.0, begin + following - time.monotonic()))

    def _report(self, participant: Participant) -> None:
        receptions = [
            rtcp.Reception(ssrc, 0, 0, stream.last & 0xFFFF, 0, 0, 0)
            for ssrc, stream in participant.streams.items()
        ]
        participant.client.send_rtcp(rtcp.receiver_report(77, receptions))
        participant.client.send_raw(participant.client.binding_request())


async def main(path: str, rooms: int, warm: float, seconds: float) -> None:
    """Warm up, watch, report."""
    connector = aiohttp.UnixConnector(path)
    async with aiohttp.ClientSession(connector=connector) as http:
        load = Load(http)
        for _ in range(rooms):
            await load.open_room()
        until = time.monotonic() + warm + seconds + 0.5
        count = len(load.participants)
        sending = [
            asyncio.create_task(load.run(one, number / count / FRAMES_PER_SECOND, until))
            for number, one in enumerate(load.participants)
        ]
        await asyncio.sleep(warm)
        _watch(load, True)
        print("watching", flush=True)
        await asyncio.sleep(seconds)
        _watch(load, False)
        print(json.dumps(_summary(load)), flush=True)
        await asyncio.gather(*sending)
        for participant in load.participants:
            await participant.client.close()


def _watch(load: Load, on: bool) -> None:
    for participant in load.participants:
        participant.watching = on


def _summary(load: Load) -> dict[str, float]:
    streams = [stream for one in load.participants for stream in one.streams.values()]
    delays = sorted(delay for stream in streams for delay in stream.delays)
    expected = sum(stream.expected for stream in streams)
    received = sum(stream.count for stream in streams)
    return {
        "streams": len(streams),
        "received": received,
        "loss": 1 - received / expected if expected else 1.0,
        "p50_ms": delays[len(delays) // 2] / 1e6,
        "p99_ms": delays[len(delays) * 99 // 100] / 1e6,
    }


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])))
