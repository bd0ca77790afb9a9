"""Prometheus text about this process, read from counters when it is asked for."""

import asyncio
from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.relay.quality import Level
from server.relay.relay import Relay


def exposition(relay: Relay) -> str:
    """Return the current figures."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(relay))
    return generate_latest(registry).decode()


class _Figures(Collector):
    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def collect(self) -> Iterator[Metric]:
        relay = self._relay
        peers = [peer for room in relay.rooms.values() for peer in room.peers.values()]
        ports = relay.ports
        yield GaugeMetricFamily("relay_rooms", "Rooms open now", len(relay.rooms))
        yield GaugeMetricFamily("relay_peers", "Peers connected now", len(peers))
        levels = Counter(peer.meter.last.level for peer in peers)
        by_level = GaugeMetricFamily(
            "relay_peers_by_quality", "Peers by what people are told", labels=["level"]
        )
        for level in Level:
            by_level.add_metric([level.value], levels[level])
        yield by_level
        trips = [peer.meter.last.rtt_ms for peer in peers if peer.meter.last.rtt_ms is not None]
        longest = max(trips, default=0) / 1000
        yield GaugeMetricFamily("relay_round_trip_seconds_max", "Of the worst peer", longest)
        held = sum(not peer.downlink.showing for peer in peers)
        yield GaugeMetricFamily("relay_peers_without_pictures", "Lines for sound alone", held)
        load = relay.admission.load
        yield GaugeMetricFamily("relay_load", "Share of one core that is used", load)
        yield GaugeMetricFamily("relay_tasks", "Tasks on the loop", len(asyncio.all_tasks()))
        for name, text, value in (
            ("received", "Datagrams received", sum(p.received for p in ports)),
            ("refused", "Datagrams of strangers", sum(p.dropped for p in ports)),
            ("broken", "Datagrams that found a bug", sum(p.broken for p in ports)),
            ("sent", "Media datagrams sent", sum(p.outbox.sent for p in ports)),
            ("unsent", "Datagrams the kernel did not take", sum(p.outbox.dropped for p in ports)),
        ):
            yield CounterMetricFamily(f"relay_datagrams_{name}", text, value)
