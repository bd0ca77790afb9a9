"""What forwarding costs: 15 two-party 720p-like rooms, recorded, through one relay process.

The load comes from another process, over loopback, through real STUN, DTLS and SRTP. Latency is
from the sender's call to the receiver's, and thus holds both sockets' queues as well.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.waiting import eventually

ROOMS = 15
WARM_S = 5.0
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
ROOT = Path(__file__).parents[3]


async def run() -> list[tuple[str, float, str]]:
    """Run the load once; names, values and units as the README lists them."""
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        async with _relay(Path(folder)) as (process, control):
            return await _measure(process.pid, control)


@contextlib.asynccontextmanager
async def _relay(folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Path]]:
    control = folder / "relay.sock"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", os.environ.get("BENCH_RELAY", "server.relay")),
        *("--control", f"unix:{control}"),
        *("--udp-port", "0"),
        *("--announce", "127.0.0.1"),
        *("--recordings", str(folder / "recordings")),
        cwd=ROOT,
    )
    try:
        await eventually(control.exists)
        yield process, control
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _measure(pid: int, control: Path) -> list[tuple[str, float, str]]:
    load = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.relay.load"),
        *(str(control), str(ROOMS), str(WARM_S), str(SECONDS)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert load.stdout is not None
    await load.stdout.readline()
    before = _cpu_seconds(pid)
    summary = json.loads(await load.stdout.readline())
    cpu = _cpu_seconds(pid) - before
    memory = _resident_mb(pid)
    await load.wait()
    return [
        ("relay.cpu_us_per_forwarded_packet", cpu / summary["received"] * 1e6, "us"),
        ("relay.loss_ratio", summary["loss"], "ratio"),
        ("relay.latency_ms_p50", summary["p50_ms"], "ms"),
        ("relay.latency_ms_p99", summary["p99_ms"], "ms"),
        ("relay.rss_mb", memory, "MB"),
    ]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
