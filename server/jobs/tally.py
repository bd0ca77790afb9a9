"""Counting the rounds of the jobs process, for /metrics of the web processes.

The jobs process has no door of its own. What it counts is added up in memory and put into the
database twice a minute, so that a round every two seconds costs no write each.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from server.jobs import repository
from server.storage.engine import Database

WRITE_EVERY_S = 30.0


@dataclass(slots=True)
class Count:
    """What was counted since it was written last."""

    runs: int = 0
    failures: int = 0
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None


class Tally:
    """The counts of one process."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._counts: dict[str, Count] = {}

    def note(self, job: str, *, well: bool) -> None:
        """Count a round."""
        count = self._counts.setdefault(job, Count())
        count.runs += 1
        if well:
            count.succeeded_at = self._clock()
        else:
            count.failures += 1
            count.failed_at = self._clock()

    async def write_counts(self) -> None:
        """Add what was counted to the database; what cannot be written now is written later."""
        counts, self._counts = self._counts, {}
        try:
            async with self._db.write() as write:
                for job, count in sorted(counts.items()):
                    await repository.add_count(
                        write,
                        job,
                        count.runs,
                        count.failures,
                        count.succeeded_at,
                        count.failed_at,
                    )
        except Exception:
            for job, count in counts.items():
                self._put_back(job, count)
            raise

    def _put_back(self, job: str, before: Count) -> None:
        since = self._counts.setdefault(job, Count())
        since.runs += before.runs
        since.failures += before.failures
        since.succeeded_at = since.succeeded_at or before.succeeded_at
        since.failed_at = since.failed_at or before.failed_at


def job_figures(db: Database) -> Callable[[], Awaitable[Sequence[Metric]]]:
    """Return what reads the counts of all jobs processes when somebody asks."""

    async def read() -> Sequence[Metric]:
        async with db.read() as open_db:
            rows = await repository.counts(open_db)
        runs = CounterMetricFamily("yuntiao_job_runs", "Rounds done, by job", labels=["job"])
        failed = CounterMetricFamily("yuntiao_job_failures", "Rounds failed", labels=["job"])
        well = GaugeMetricFamily(
            "yuntiao_job_last_success_seconds", "Unix time of the last good round", labels=["job"]
        )
        for row in rows:
            runs.add_metric([row.job], row.runs)
            failed.add_metric([row.job], row.failures)
            well.add_metric([row.job], row.succeeded_at.timestamp() if row.succeeded_at else 0)
        return [runs, failed, well]

    return read
