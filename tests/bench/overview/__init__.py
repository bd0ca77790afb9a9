"""The overview over 1,000,000 sessions of seven years, on both databases.

Each figure is the slowest of five questions: twelve weeks, a year and two years of all stations, a
year of one station, and this moment. ``BENCH_SESSIONS`` asks for fewer rows.
"""

import os
import tempfile
import time
from datetime import date

from sqlalchemy import text

from server.feedback.service import Ratings
from server.overview.service import Overview
from server.storage.engine import Database
from server.storage.migrate import upgrade
from server.storage.schema import Account, Matter, Station
from signaling.rights import Role
from tests.bench.search.archive import END, FIRST
from tests.support.postgres import postgres_cluster

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "1000000"))
STATIONS = [f"{number:032x}" for number in range(1, 17)]
MEDIATOR = "c" * 32
LAST = END.date()
QUESTIONS = (
    (date(2026, 8, 10), LAST, None),
    (date(2025, 11, 2), LAST, None),
    (date(2024, 11, 2), LAST, None),
    (date(2025, 11, 2), LAST, STATIONS[3]),
)
_COLUMNS = """INSERT INTO session (id, number, kind, matter_code, facts, station_id, mediator_id,
  state, recording, seq, requested_at, attempt_at, accepted_at, reason, media_epoch)"""
_VALUES = """{id}, 'N' || n, CASE WHEN n % 5 = 0 THEN 'consultation' ELSE 'mediation' END, 'land',
  '', {station}, '{mediator}', CASE WHEN n % 9 = 0 THEN 'cancelled' ELSE 'closed' END, 'off', 9,
  {at}, {at}, CASE WHEN n % 9 = 0 THEN NULL ELSE {accepted} END, '', 1"""


async def run() -> list[tuple[str, float, str]]:
    """Fill both databases and ask."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as folder:
        sqlite = await _measure(f"sqlite+aiosqlite:///{folder}/overview.db")
    with postgres_cluster() as cluster, cluster.database() as url:
        postgresql = await _measure(url)
    return [
        ("overview.slowest_ms_sqlite", sqlite, "ms"),
        ("overview.slowest_ms_postgresql", postgresql, "ms"),
    ]


async def _measure(url: str) -> float:
    db = Database(url)
    await upgrade(db)
    await _fill(db)
    page = Overview(db, lambda: END, Ratings(db, lambda: END).summary)
    slowest = 0.0
    for first, last, station in QUESTIONS:
        for _ in range(3):  # an archive in use is warm
            begun = time.perf_counter()
            await page.answer(page.question(first, last, station))
            took = time.perf_counter() - begun
        slowest = max(slowest, took)
    begun = time.perf_counter()
    await page.now()
    slowest = max(slowest, time.perf_counter() - begun)
    await db.close()
    return slowest * 1000


async def _fill(db: Database) -> None:
    async with db.write() as write:
        for number, one in enumerate(STATIONS):
            write.add(Station(id=one, code=f"S{number:02d}", name=f"第{number}站", town="某镇"))
        write.add(Matter(code="land", name="土地"))
        person = Account(id=MEDIATOR, username="m", name="某", role=Role.MEDIATOR)
        person.password_hash, person.created_at = "-", FIRST
        write.add(person)
        await write.flush()
        await write.execute(text(_sqlite() if db.sqlite else _postgresql()))
    async with db.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("ANALYZE" if db.sqlite else "VACUUM ANALYZE session"))


def _step() -> float:
    return (END - FIRST).total_seconds() / SESSIONS


def _sqlite() -> str:
    moment = "strftime('%Y-%m-%d %H:%M:%f000', '{first}', '+' || ({seconds}) || ' seconds')"
    at = f"{_step():.3f} * n"
    values = _VALUES.format(
        id="printf('%032x', n)",
        station="printf('%032x', 1 + n % 16)",
        mediator=MEDIATOR,
        at=moment.format(first=FIRST.strftime("%Y-%m-%d"), seconds=at),
        accepted=moment.format(first=FIRST.strftime("%Y-%m-%d"), seconds=f"{at} + n % 97"),
    )
    numbers = (
        f"WITH RECURSIVE row(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row LIMIT {SESSIONS})"
    )
    return f"{_COLUMNS} {numbers} SELECT {values} FROM row"


def _postgresql() -> str:
    moment = f"TIMESTAMPTZ '{FIRST.isoformat()}' + ({_step():.3f} * n) * INTERVAL '1 second'"
    values = _VALUES.format(
        id="lpad(to_hex(n), 32, '0')",
        station="lpad(to_hex(1 + n % 16), 32, '0')",
        mediator=MEDIATOR,
        at=moment,
        accepted=f"{moment} + (n % 97) * INTERVAL '1 second'",
    )
    rows = f"generate_series(1, {SESSIONS}) AS row(n)"
    return f"{_COLUMNS} SELECT {values} FROM {rows}"
