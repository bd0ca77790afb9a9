"""A relay that people join and leave for a long time: does anything grow?

``python -m tests.bench.soak --minutes 120`` runs 8 recorded two-party rooms against one relay
process. Every few seconds somebody leaves, politely or not, and comes back; a recording pauses; a
session ends and another begins. It prints memory, tasks, sockets and files twice a minute, and at
the end what is left when everybody has gone. Exit code 1 says that something leaked.
"""

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean

import uvloop

from tests.bench.relay.load import Home, RelayRooms, send
from tests.bench.relay.media import Participant
from tests.bench.relay.servers import Server, running
from tests.support.waiting import eventually

ROOMS = 8
_PAUSE_S = 1.5, 4.0  # between two things that happen
_SAMPLE_S = 30.0
_TRIES = 10  # to join
_KEPT_S = 30.0  # recordings of an ended session, then they make room
_MOST_SLOPE = 1.0  # MB a minute after the first quarter of a run
_JUDGED_MIN = 8.0  # shorter runs are warming up


@dataclass(frozen=True, slots=True)
class Sample:
    """What a relay process holds."""

    at: float  # monotonic seconds
    resident_mb: float
    tasks: int
    threads: int
    sockets: int
    files: int

    @property
    def held(self) -> tuple[int, ...]:
        return self.tasks, self.threads, self.sockets, self.files

    def __str__(self) -> str:
        shown = (f"{f.name} {getattr(self, f.name):g}" for f in fields(self)[1:])
        return ", ".join(shown)


async def look(server: Server, rooms: RelayRooms) -> Sample:
    """Take a sample: the process from outside, its tasks from its metrics."""
    process = Path(f"/proc/{server.pid}")
    links = list(_links(process / "fd"))
    sockets = sum(link.startswith("socket:") for link in links)
    metrics = await rooms.text("/metrics")
    tasks = next(line for line in metrics.splitlines() if line.startswith("relay_tasks "))
    threads = len(list((process / "task").iterdir()))
    memory, now = server.resident_mb(), time.monotonic()
    return Sample(now, memory, int(float(tasks.split()[1])), threads, sockets, len(links) - sockets)


def _links(folder: Path) -> Iterator[str]:
    for entry in folder.iterdir():
        try:
            yield str(entry.readlink())
        except FileNotFoundError:  # closed since
            continue


class Soak:
    """The rooms, and what happens to them."""

    def __init__(self, rooms: RelayRooms, recordings: Path, seed: int) -> None:
        self._rooms = rooms
        self._recordings = recordings
        self._random = random.Random(seed)
        self._homes: list[Home] = []
        self._sending: dict[object, asyncio.Task[None]] = {}
        self._ended: list[tuple[float, str]] = []
        self.happened = 0
        self.late = 0  # handshakes that took too long

    async def begin(self) -> None:
        for _ in range(ROOMS):
            await self._open()

    async def _open(self) -> None:
        home = await self._rooms.new_home()
        self._homes.append(home)
        for place in range(2):
            await self._enter(home, place)

    async def _enter(self, home: Home, place: int) -> None:
        participant = home.seats[place] = await self._join(home, place)
        sending = send(participant, self._random.random() / 30, time.monotonic() + 86400)
        self._sending[participant] = asyncio.create_task(sending)

    async def _join(self, home: Home, place: int) -> Participant:
        """Join, again and again on a machine that has no time for a handshake just now."""
        for _ in range(_TRIES):
            try:
                return await self._rooms.join(home, place)
            except TimeoutError:
                self.late += 1
        raise AssertionError("the relay lets nobody in any more")

    async def _leave(self, home: Home, place: int, politely: bool) -> None:
        participant = home.seats[place]
        sending = self._sending.pop(participant)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        for client in participant.clients:
            await client.close(politely)

    async def happen(self) -> None:
        """One thing that happens in a room."""
        await asyncio.sleep(self._random.uniform(*_PAUSE_S))
        self.happened += 1
        home = self._random.choice(self._homes)
        chance = self._random.random()
        if chance < 0.7:
            await self._come_back(home)
        elif chance < 0.85:
            for action in ("pause", "resume"):
                await self._rooms.record(home, action)
        else:
            await self._end(home)
            await self._open()
        self._make_room()

    async def _come_back(self, home: Home) -> None:
        place = self._random.randrange(2)
        await self._leave(home, place, politely=self._random.random() < 0.5)
        if self._random.random() < 0.5:
            await self._rooms.remove(home, place)
        await self._enter(home, place)

    async def _end(self, home: Home) -> None:
        self._homes.remove(home)
        for place in home.seats:
            await self._leave(home, place, politely=True)
        await self._rooms.delete(home)
        self._ended.append((time.monotonic(), home.session))

    def _make_room(self) -> None:
        while self._ended and time.monotonic() - self._ended[0][0] > _KEPT_S:
            shutil.rmtree(self._recordings / self._ended.pop(0)[1])

    async def end(self) -> None:
        for home in list(self._homes):
            await self._end(home)


async def main(minutes: float, seed: int) -> int:
    """Run for so long; 1 if something leaked."""
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="yuntiao-soak-") as folder:
        async with running("relay", Path(folder) / "relay") as server:
            rooms = RelayRooms(server.control)
            soak = Soak(rooms, server.control.parent / "recordings", seed)
            try:
                return await _run(server, rooms, soak, minutes)
            finally:
                await rooms.close()


async def _run(server: Server, rooms: RelayRooms, soak: Soak, minutes: float) -> int:
    before = await _before(server, rooms, soak)
    print(f"before: {before}", flush=True)
    await soak.begin()
    begin, samples = time.monotonic(), [await look(server, rooms)]
    while time.monotonic() - begin < minutes * 60:
        await soak.happen()
        if time.monotonic() - samples[-1].at > min(_SAMPLE_S, minutes * 6):
            samples.append(await look(server, rooms))
            passed = (samples[-1].at - begin) / 60
            events = f"{soak.happened} happened, {soak.late} late"
            print(f"{passed:.1f} min: {samples[-1]}, {events}", flush=True)
    await soak.end()
    steady = [one for one in samples if one.at - begin > minutes * 15] or samples
    growth = slope(steady)
    print(f"RSS slope {growth * 1024:.1f} KB/min over {len(steady)} samples", flush=True)
    grows = minutes >= _JUDGED_MIN and growth > _MOST_SLOPE
    return int(grows) | await _leaks(server, rooms, before)


async def _before(server: Server, rooms: RelayRooms, soak: Soak) -> Sample:
    """An idle process that has had calls: threads it makes at the first one are no leak."""
    fresh = await look(server, rooms)
    await soak.begin()
    await soak.end()

    async def idle() -> Sample | None:
        now = await look(server, rooms)
        return now if now.files <= fresh.files and now.tasks <= fresh.tasks else None

    found = await eventually(idle, timeout=60.0)
    assert found is not None
    return found


async def _leaks(server: Server, rooms: RelayRooms, before: Sample) -> int:
    """Wait for everything to be closed that was opened; 1 if it is not."""

    async def is_clean() -> bool:
        now = await look(server, rooms)
        print(f"after: {now}", flush=True)
        return all(held <= had for held, had in zip(now.held, before.held, strict=True))

    try:
        await eventually(is_clean, timeout=60.0)
    except AssertionError:
        print("LEAKED: more is open than before the first room", flush=True)
        return 1
    return 0


def slope(samples: list[Sample]) -> float:
    """Least squares: MB a minute."""
    times = [one.at / 60 for one in samples]
    middle, level = fmean(times), fmean(one.resident_mb for one in samples)
    spread = sum((at - middle) ** 2 for at in times)
    together = sum(
        (at - middle) * (one.resident_mb - level) for at, one in zip(times, samples, strict=True)
    )
    return together / spread if spread else 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--nice", type=int, default=0, help="of the relay and of the load")
    given = parser.parse_args()
    os.nice(given.nice)
    sys.exit(uvloop.run(main(given.minutes, given.seed)))
