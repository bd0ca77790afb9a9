"""Search in an archive of 1,000,000 sessions with an advice entry each, on both databases.

The archive is synthetic: sentences put together from the word lists in ``words.py``, the same ones
each time. ``BENCH_SESSIONS`` asks for fewer rows. Each figure is the 95th percentile over the
questions of ``questions.py``; each question is asked through the code that the pages call, twice
first to warm up, because an archive in use is warm.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.search.asking import p95_ms
from tests.bench.search.filling import fill_postgresql, fill_sqlite
from tests.support.postgres import postgres_cluster

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))


async def run() -> list[tuple[str, float, str]]:
    """Build both archives and ask; names, values and units as the README lists them."""
    figures = []
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-", dir=_roomy()) as folder:
        url = f"sqlite+aiosqlite:///{folder}/archive.db"
        seconds = await fill_sqlite(Path(folder, "archive.db"), url, SESSIONS)
        figures += [
            ("search.p95_ms_sqlite", await p95_ms(url), "ms"),
            ("search.build_s_sqlite", seconds, "s"),
        ]
    with _postgresql() as url:
        seconds = await fill_postgresql(url, SESSIONS)
        figures += [
            ("search.p95_ms_postgresql", await p95_ms(url), "ms"),
            ("search.build_s_postgresql", seconds, "s"),
        ]
    return figures


@contextlib.contextmanager
def _postgresql() -> Iterator[str]:
    with postgres_cluster() as cluster, cluster.database() as url:
        yield url


def _roomy() -> str | None:
    """A folder for some gigabytes; None: the system's own temporary one."""
    return os.environ.get("BENCH_FOLDER")
