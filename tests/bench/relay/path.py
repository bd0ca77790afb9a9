"""The packet path without the waiting: CPU time of the loop's and the recorder's thread.

One process holds the relay and its clients. They send what a moment of 10 two-party rooms brings,
and then only the relay's own work is timed. The median of many rounds is little disturbed by other
load on the machine: made for comparing one state of the code with another.
"""

import asyncio
import secrets
import tempfile
import threading
import time
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from statistics import median

from recordings.recorder import Recorder
from server.relay.config import RelayConfig, UnixControl
from server.relay.relay import Relay
from tests.bench.relay.media import Participant
from tests.recordings.desk import vault_in
from tests.server.relay.light_client import LightClient

ROOMS = 10
ROUNDS = 300
_SOUNDS = 2  # packets of sound for a frame
_WARM = 20  # rounds


async def path_figures(recorded: bool = True) -> tuple[float, float]:
    """Microseconds for each forwarded packet: on the loop's thread, on the recorder's.

    What is recorded lies encrypted, as everywhere.
    """
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        nowhere = UnixControl(Path(folder) / "unused.sock")
        config = RelayConfig(nowhere, 0, (ip_address("127.0.0.1"),), Path(folder))
        relay = Relay(config, partial(Recorder, vault=vault_in(Path(folder) / "keys")))
        ticking = asyncio.create_task(relay.tick())
        try:
            rooms = [await _open_room(relay, recorded) for _ in range(ROOMS)]
            participants = [one for room in rooms for one in room]
            return await _rounds(relay, participants)
        finally:
            await relay.close()
            ticking.cancel()


async def _open_room(relay: Relay, recorded: bool) -> list[Participant]:
    room = secrets.token_hex(16)
    relay.put_room(room, secrets.token_hex(16) if recorded else None, recorded)
    participants = []
    for place in range(2):
        client = LightClient()

        async def join(offer: str, place: int = place) -> str:
            return relay.post_peer(room, secrets.token_hex(16), place, "party", offer)

        await client.connect(join)
        participants.append(Participant(client, client))
    return participants


async def _rounds(relay: Relay, participants: list[Participant]) -> tuple[float, float]:
    port = relay.ports[0]
    recorder = time.pthread_getcpuclockid(_thread("recorder"))
    loop: list[float] = []
    for number in range(ROUNDS):
        _send(participants, number)
        before, received = time.thread_time(), port.received
        port.drain()
        loop.append((time.thread_time() - before) / max(1, port.received - received))
        if number == _WARM:
            recorded, since = time.clock_gettime(recorder), port.received
        await asyncio.sleep(0.03)
    recorded = time.clock_gettime(recorder) - recorded
    return median(loop[_WARM:]) * 1e6, recorded / (port.received - since) * 1e6


def _send(participants: list[Participant], number: int) -> None:
    for participant in participants:
        participant.send_video(number)
        for sound in range(_SOUNDS):
            participant.send_audio(number * _SOUNDS + sound)


def _thread(name: str) -> int:
    found = next(thread for thread in threading.enumerate() if thread.name == name)
    assert found.ident is not None
    return found.ident
