"""Prometheus text about this process, read from counters when it is asked for."""

import asyncio
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

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
