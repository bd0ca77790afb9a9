"""What forwarding costs: 15 two-party 720p-like rooms, recorded, through one relay process.

The load comes from another process, over loopback, through real STUN, DTLS and SRTP. If Debian's
``janus`` is installed, it carries the same load on the same core, in turn with the relay.

BENCH_SECONDS (20), BENCH_WARM (5) and BENCH_PAIRS (5) say how long and how often; BENCH_MOST_ROOMS
(120) where the search for the most rooms ends.
"""

import os
import sys
from statistics import median

from tests.bench.relay.measuring import Measurement, NoFigures, measure
from tests.bench.relay.path import path_figures
from tests.bench.relay.servers import has_janus

Figure = tuple[str, float, str]

ROOMS = 15
PAIRS = int(os.environ.get("BENCH_PAIRS", "5"))
MOST_ROOMS = int(os.environ.get("BENCH_MOST_ROOMS", "120"))
_STEP = 10
_MOST_LOSS = 0.001
_MOST_P99_MS = 20.0
_MOST_BUSY = 0.9  # of a core: then the load itself is late, and its figures are not the server's

_ALONE = (
    "relay.cpu_us_per_forwarded_packet",
    "relay.loss_ratio",
    "relay.latency_ms_p50",
    "relay.latency_ms_p99",
    "relay.rss_mb",
)
_BESIDE = ("relay.janus_ratio_cpu", "relay.janus_ratio_p99")
_MOST = ("relay.rooms_per_core",)
_PATH = ("relay.path_us_per_packet", "relay.recorder_us_per_packet")


async def run() -> list[Figure]:
    """Measure what ONLY asks for; names, values and units as the README lists them."""
    figures: list[Figure] = []
    if _wanted(_BESIDE) and has_janus():
        figures += await _pairs()
    elif _wanted(_ALONE):
        figures += _alone(await measure("relay", ROOMS))
    if _wanted(_BESIDE) and not has_janus():
        print("janus is not installed: nothing to compare with", file=sys.stderr)
    if _wanted(_PATH):
        figures += [(name, us, "us") for name, us in zip(_PATH, await path_figures(), strict=True)]
    if _wanted(_MOST):
        figures.append(("relay.rooms_per_core", await most_rooms("relay"), "rooms"))
    return figures


def _wanted(names: tuple[str, ...]) -> bool:
    only = os.environ.get("ONLY", "")
    return any(name.startswith(only) for name in names)


async def _pairs() -> list[Figure]:
    """The relay and Janus in turn: what disturbs the machine disturbs both alike."""
    ours: list[Measurement] = []
    theirs: list[Measurement] = []
    for number in range(PAIRS):
        for kind, kept in (("relay", ours), ("janus", theirs))[:: -1 if number % 2 else 1]:
            kept.append(await measure(kind, ROOMS))
        print(f"pair {number + 1}: {_line(ours[-1])}; janus {_line(theirs[-1])}", file=sys.stderr)
    pairs = list(zip(ours, theirs, strict=True))
    return [
        *_alone(sorted(ours, key=lambda one: one.cpu_us)[len(ours) // 2]),
        ("relay.janus_ratio_cpu", median(a.cpu_us / b.cpu_us for a, b in pairs), "ratio"),
        ("relay.janus_ratio_p99", median(a.p99_ms / b.p99_ms for a, b in pairs), "ratio"),
    ]


def _line(one: Measurement) -> str:
    late = f"p50 {one.p50_ms:.1f} ms, p99 {one.p99_ms:.1f} ms"
    return f"{one.cpu_us:.1f} us, {late}, lost {one.loss:.2%}"


def _alone(one: Measurement) -> list[Figure]:
    values = (one.cpu_us, one.loss, one.p50_ms, one.p99_ms, one.resident_mb)
    units = ("us", "ratio", "ms", "ms", "MB")
    return list(zip(_ALONE, values, units, strict=True))


async def most_rooms(kind: str) -> int:
    """Add rooms until packets are lost or late; return how many went well.

    Where the load itself ends before the server does, the truth is at least what is returned.
    """
    good = 0
    for rooms in range(_STEP, MOST_ROOMS + 1, _STEP):
        try:
            one = await measure(kind, rooms)
        except NoFigures:  # the relay admits no more, or the load could not connect in time
            print(f"{kind}: {rooms} rooms are not let in", file=sys.stderr)
            break
        print(f"{kind}, {rooms} rooms: {_line(one)}, load {one.busy:.0%}", file=sys.stderr)
        if one.loss > _MOST_LOSS or one.p99_ms > _MOST_P99_MS:
            break
        good = rooms
        if one.busy > _MOST_BUSY:
            print(f"{kind}: the load is at its end, so at least {good} rooms", file=sys.stderr)
            break
    return good
