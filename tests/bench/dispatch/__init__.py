"""The duty desk under load: a province's terminals and lawyers connected, calls at a steady rate.

Everything real but media: PostgreSQL, Redis when there are several web processes, and pages that
speak the wire as browsers do. ``BENCH_TERMINALS`` (2400), ``BENCH_LAWYERS`` (500),
``BENCH_CALLS_S`` (20), ``BENCH_SECONDS`` (20) and ``BENCH_WEBS`` (1) size it. The generator runs
beside it on the same machine.

``request_to_ring``: from the sending of ``session.request`` to the view that rings at a desk.
``idle``: the web processes' processor time for a connection that only stays open.
``restart_attempts_s``: how many pages came in the worst second after a kill.
``call``: their time for a whole call, from the request to the finished record.
"""

import asyncio
import os
import resource
import tempfile
from collections import Counter
from pathlib import Path

from tests.bench.dispatch.calls import Load, run_calls
from tests.bench.dispatch.crowd import Crowd, make_crowd
from tests.bench.dispatch.pages import Page, connect_all
from tests.bench.dispatch.webs import Webs, running_webs

TERMINALS = int(os.environ.get("BENCH_TERMINALS", "2400"))
LAWYERS = int(os.environ.get("BENCH_LAWYERS", "500"))
CALLS_S = float(os.environ.get("BENCH_CALLS_S", "20"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
WEBS = int(os.environ.get("BENCH_WEBS", "1"))
IDLE_S = 5.0

Figure = tuple[str, float, str]


async def run() -> list[Figure]:
    """Connect everybody, look at the rest, call, restart; names, values and units."""
    _enough_files()
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        async with running_webs(Path(folder), WEBS) as webs:
            crowd = await make_crowd(webs.database_url, TERMINALS, LAWYERS)
            return await _measure(webs, crowd)


async def _measure(webs: Webs, crowd: Crowd) -> list[Figure]:
    people = TERMINALS + LAWYERS
    before = webs.memory_kb()
    started = asyncio.get_running_loop().time()
    terminals, desks = await connect_all(webs.urls, crowd)
    connected = asyncio.get_running_loop().time() - started
    await _all_on_duty(desks)
    memory = webs.memory_kb() - before
    idle = await _idle_cpu(webs)
    cpu = webs.cpu_s()
    load = await run_calls(terminals, desks, CALLS_S, SECONDS)
    busy = webs.cpu_s() - cpu - idle * load.seconds
    back, peak = await _restart(webs, [*terminals, *desks])
    return [
        ("dispatch.connections", people, ""),
        ("dispatch.connect_s", connected, "s"),
        ("dispatch.memory_kb_per_connection", memory / people, "KB"),
        ("dispatch.idle_ms_per_connection_minute", idle * 60_000 / people, "ms"),
        ("dispatch.calls", len(load.rings), ""),
        ("dispatch.calls_lost", load.lost, ""),
        ("dispatch.request_to_ring_ms_p50", _percentile(load, 0.5), "ms"),
        ("dispatch.request_to_ring_ms_p99", _percentile(load, 0.99), "ms"),
        ("dispatch.cpu_ms_per_call", busy * 1000 / max(1, len(load.rings)), "ms"),
        ("dispatch.web_cpu_share", (busy / load.seconds + idle) * 100, "%"),
        ("dispatch.restart_all_back_s", back, "s"),
        ("dispatch.restart_attempts_s", peak, "1/s"),
    ]


async def _all_on_duty(desks: list[Page]) -> None:
    for start in range(0, len(desks), 20):
        await asyncio.gather(*(desk.command("duty.on") for desk in desks[start : start + 20]))
    await asyncio.sleep(5.0)  # the last views about it go out


async def _idle_cpu(webs: Webs) -> float:
    """Return the processor seconds a second of everybody only being connected."""
    before = webs.cpu_s()
    await asyncio.sleep(IDLE_S)
    return (webs.cpu_s() - before) / IDLE_S


async def _restart(webs: Webs, pages: list[Page]) -> tuple[float, int]:
    """Kill the first web process and start it again.

    Return the seconds until every page of it has its view, and how many came in the worst second.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    webs.restart(0)
    await asyncio.gather(*(page.back_from(webs.urls[0]) for page in pages))
    moments = [at - started for page in pages for at in page.attempts if at >= started]
    return loop.time() - started, max(Counter(int(at) for at in moments).values(), default=0)


def _percentile(load: Load, share: float) -> float:
    rings = sorted(load.rings)
    return rings[min(len(rings) - 1, int(len(rings) * share))] * 1000 if rings else float("nan")


def _enough_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
