"""Janus alone under the load of ``tests.bench.relay``, if Debian's package is installed."""

import sys

from tests.bench.relay import ROOMS, Figure, most_rooms
from tests.bench.relay.measuring import measure
from tests.bench.relay.servers import has_janus


async def run() -> list[Figure]:
    """Measure; without Janus, say so and have no figures."""
    if not has_janus():
        print("janus is not installed: apt-get install janus", file=sys.stderr)
        return []
    one = await measure("janus", ROOMS)
    return [
        ("janus.cpu_us_per_forwarded_packet", one.cpu_us, "us"),
        ("janus.loss_ratio", one.loss, "ratio"),
        ("janus.latency_ms_p50", one.p50_ms, "ms"),
        ("janus.latency_ms_p99", one.p99_ms, "ms"),
        ("janus.rss_mb", one.resident_mb, "MB"),
        ("janus.rooms_per_core", await most_rooms("janus"), "rooms"),
    ]
