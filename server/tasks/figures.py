"""Open tasks as figures for Prometheus."""

from collections.abc import Awaitable, Callable, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric

from server.storage.engine import Database
from server.tasks import repository
from server.tasks.kinds import TaskKind


def open_tasks(db: Database) -> Callable[[], Awaitable[Sequence[Metric]]]:
    """Return what counts them when it is asked; a kind without open tasks says 0."""

    async def count() -> Sequence[Metric]:
        async with db.read() as read:
            counts = await repository.open_counts(read)
        gauge = GaugeMetricFamily("yuntiao_tasks_open", "Open tasks by kind", labels=["kind"])
        for kind in TaskKind:
            gauge.add_metric([kind], counts.get(kind, 0))
        return [gauge]

    return count
