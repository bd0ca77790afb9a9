"""The duty desk under load: a province's terminals and lawyers connected, calls at a steady rate.

Everything real but media: PostgreSQL, Redis when there are several web processes, and pages that
speak the wire as browsers do. ``BENCH_TERMINALS`` (2400), ``BENCH_LAWYERS`` (500),
``BENCH_CALLS_S`` (20), ``BENCH_SECONDS`` (20) and ``BENCH_WEBS`` (1) size it. The generator runs
beside it on the same machine.

``request_to_ring``: from the sending of ``session.request`` to the view that rings at a desk.
``idle``: the web processes' processor time for a connection that only stays open.
``restart``: a web process is asked to end and started again; ``killed``: the same with SIGKILL.
``all_back_s``: until its last page has its view; ``attempts_s``: connections tried in the worst
second; ``herd``: everything its pages sent in the worst second against a second of the calls.
``call``: their time for a whole call, from the request to the finished record.
"""

import asyncio
import os
import resource
import signal
import tempfile
from collections import Counter
from pathlib import Path

import aiohttp

from server import garbage
from tests.bench.dispatch.calls import Load, run_calls
from tests.bench.dispatch.crowd import Crowd, make_crowd
from tests.bench.dispatch.pages import Page, connect_all
from tests.bench.dispatch.webs import Webs, running_webs
from tests.support.waiting import eventually

TERMINALS = int(os.environ.get("BENCH_TERMINALS", "2400"))
LAWYERS = int(os.environ.get("BENCH_LAWYERS", "500"))
CALLS_S = float(os.environ.get("BENCH_CALLS_S", "20"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "20"))
WEBS = int(os.environ.get("BENCH_WEBS", "1"))
IDLE_S = 5.0
AT_ONCE = 20
QUIET_S, QUIET_SHARE, QUIET_WITHIN_S = 1.0, 0.35, 60.0

Figure = tuple[str, float, str]


async def run() -> list[Figure]:
    """Connect everybody, look at the rest, call, restart; names, values and units."""
    _enough_files()
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        async with running_webs(Path(folder), WEBS) as webs:
            crowd = await make_crowd(webs.database_url, TERMINALS, LAWYERS)
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                terminals, desks, figures = await _connected(http, webs, crowd)
                try:
                    return figures + await _measure(webs, terminals, desks)
                finally:
                    await asyncio.gather(*(page.close() for page in [*terminals, *desks]))


async def _connected(
    http: aiohttp.ClientSession, webs: Webs, crowd: Crowd
) -> tuple[list[Page], list[Page], list[Figure]]:
    """Connect everybody and put the lawyers on duty."""
    people, loop = TERMINALS + LAWYERS, asyncio.get_running_loop()
    before, started = webs.memory_kb(), loop.time()
    terminals, desks = await connect_all(http, webs.urls, crowd)
    connected = loop.time() - started
    for start in range(0, len(desks), AT_ONCE):
        await asyncio.gather(*(one.command("duty.on") for one in desks[start : start + AT_ONCE]))
    await eventually(lambda: _is_quiet(webs), QUIET_WITHIN_S, "the last views about it go out")
    garbage.settle()  # here too: its pauses would be taken for the service's
    return (
        terminals,
        desks,
        [
            ("dispatch.connections", people, ""),
            ("dispatch.connect_s", connected, "s"),
            ("dispatch.memory_kb_per_connection", (webs.memory_kb() - before) / people, "KB"),
        ],
    )


async def _measure(webs: Webs, terminals: list[Page], desks: list[Page]) -> list[Figure]:
    pages = [*terminals, *desks]
    idle = await _idle_cpu(webs)
    cpu, sent = webs.cpu_s(), sum(len(page.sent) for page in pages)
    load = await run_calls(terminals, desks, CALLS_S, SECONDS)
    busy = webs.cpu_s() - cpu - idle * load.seconds
    normal = (sum(len(page.sent) for page in pages) - sent) / load.seconds
    return [
        ("dispatch.idle_ms_per_connection_minute", idle * 60_000 / len(pages), "ms"),
        ("dispatch.calls", len(load.rings), ""),
        ("dispatch.calls_lost", load.lost, ""),
        ("dispatch.request_to_ring_ms_p50", _percentile(load, 0.5), "ms"),
        ("dispatch.request_to_ring_ms_p99", _percentile(load, 0.99), "ms"),
        ("dispatch.cpu_ms_per_call", busy * 1000 / max(1, len(load.rings)), "ms"),
        ("dispatch.web_cpu_share", (busy / load.seconds + idle) * 100, "%"),
        ("dispatch.requests_s", normal, "1/s"),
        *await _restart("restart", webs, pages, signal.SIGTERM, normal),
        *await _restart("killed", webs, pages, signal.SIGKILL, normal),
    ]


async def _is_quiet(webs: Webs) -> bool:
    """Tell whether the processes do next to nothing for a moment."""
    before = webs.cpu_s()
    await asyncio.sleep(QUIET_S)
    return webs.cpu_s() - before < QUIET_SHARE * QUIET_S


async def _idle_cpu(webs: Webs) -> float:
    """Return the processor seconds a second of everybody only being connected."""
    before = webs.cpu_s()
    await asyncio.sleep(IDLE_S)
    return (webs.cpu_s() - before) / IDLE_S


async def _restart(
    name: str, webs: Webs, pages: list[Page], number: signal.Signals, normal: float
) -> list[Figure]:
    """End the first web process by this signal, start it again, and wait for its pages."""
    theirs = [page for page in pages if page.url == webs.urls[0]]
    coming = [page.came() for page in theirs]
    started = asyncio.get_running_loop().time()
    await webs.restart(0, number)
    last = max(await asyncio.gather(*coming))
    tried = Counter(int(at - started) for one in theirs for at in one.attempts if at >= started)
    sent = Counter(int(at - started) for one in theirs for at in one.sent if at >= started)
    share = normal * len(theirs) / len(pages)
    return [
        (f"dispatch.{name}_all_back_s", last - started, "s"),
        (f"dispatch.{name}_attempts_s", max(tried.values(), default=0), "1/s"),
        (f"dispatch.{name}_herd", max((tried + sent).values(), default=0) / share, ""),
    ]


def _percentile(load: Load, share: float) -> float:
    rings = sorted(load.rings)
    return rings[min(len(rings) - 1, int(len(rings) * share))] * 1000 if rings else float("nan")


def _enough_files() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
