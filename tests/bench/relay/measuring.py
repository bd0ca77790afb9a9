"""One measurement: a fresh server under a number of rooms."""

import asyncio
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.relay.servers import ROOT, Server, cores, running

WARM_S = float(os.environ.get("BENCH_WARM", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))


class NoFigures(Exception):
    """The load ended before it could say anything; why, it has printed."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """``cpu_us`` is for each forwarded packet; ``busy`` the share of a core the load itself took.

    Latency is from the sender's call to the receiver's, and thus holds both sockets' queues as
    well; ``loss`` is a ratio.
    """

    cpu_us: float
    loss: float
    p50_ms: float
    p99_ms: float
    resident_mb: float
    busy: float


async def measure(kind: str, rooms: int) -> Measurement:
    """Start a server of ``kind``, load it with ``rooms`` rooms, stop it."""
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        async with running(kind, Path(folder) / kind) as server:
            return await _watch(server, rooms)


async def _watch(server: Server, rooms: int) -> Measurement:
    load = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.relay.load", server.kind, str(server.control)),
        *(str(rooms), str(WARM_S), str(SECONDS)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    os.sched_setaffinity(load.pid, cores()[1])
    assert load.stdout is not None
    await load.stdout.readline()
    before = server.cpu_seconds()
    line = await load.stdout.readline()
    cpu = server.cpu_seconds() - before
    memory = server.resident_mb()
    await load.wait()
    if not line:
        raise NoFigures(f"the load on {server.kind} ended without figures")
    found = json.loads(line)
    return Measurement(
        cpu_us=cpu / max(1, found["received"]) * 1e6,
        loss=found["loss"],
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        resident_mb=memory,
        busy=found["busy"],
    )
