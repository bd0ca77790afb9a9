"""Before the service serves: data folder, schema, and in demo mode the demo district."""

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import astuple
from datetime import datetime
from io import StringIO
from pathlib import Path

from server.accounts.passwords import Passwords
from server.accounts.service import Cookies
from server.accounts.terminals import Terminals
from server.district.importing import Importer, NewAccount
from server.district.reading import read
from server.district.repository import (
    count_active_demo_accounts,
    is_empty,
    one_process_at_a_time,
)
from server.settings import Settings
from server.storage.engine import Database
from server.storage.migrate import upgrade
from signaling.errors import NotFound
from signaling.rights import Role

DEMO = Path(__file__).resolve().parent / "demo"
FIRST_STATION = "S01"
DEMO_ACCOUNTS = "demo-accounts.txt"
Clock = Callable[[], datetime]


class DemoInProduction(Exception):
    """Production does not start over demo accounts; the message says what to do."""


async def prepare(settings: Settings, clock: Clock) -> None:
    """Make the data folder, bring the schema up to date, and import the demo district if empty.

    Raises DemoInProduction. Several processes may do this at the same time.
    """
    make_data_folder(settings.data)
    db = Database(settings.database_url)
    try:
        await upgrade(db)
        if settings.production:
            await _refuse_demo(db)
        else:
            await _import_demo(db, settings.data, clock)
    finally:
        await db.close()


async def greeting_facts(
    settings: Settings, clock: Clock
) -> tuple[Sequence[NewAccount], str | None]:
    """Return the demo accounts and a fresh terminal code; nothing in production."""
    if settings.production:
        return (), None
    db = Database(settings.database_url)
    try:
        terminals = Terminals(db, clock, Cookies.for_site(settings.origins))
        code = await terminals.make_code_for(FIRST_STATION)
    except NotFound:
        return read_accounts(settings.data / DEMO_ACCOUNTS), None
    finally:
        await db.close()
    return read_accounts(settings.data / DEMO_ACCOUNTS), code.text


def make_data_folder(folder: Path) -> None:
    """Make the folder of all data, closed to everybody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)


def write_accounts(path: Path, accounts: Sequence[NewAccount]) -> None:
    """Keep accounts and their first passwords in a file that only its owner can read."""
    lines = StringIO()
    writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
    writer.writerows(astuple(account) for account in accounts)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(lines.getvalue())
    temporary.replace(path)


def read_accounts(path: Path) -> list[NewAccount]:
    """Read such a file; nothing if there is none."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            NewAccount(username, password, Role(role), name, station)
            for username, password, role, name, station in csv.reader(file, delimiter="\t")
        ]


async def _import_demo(db: Database, data: Path, clock: Clock) -> None:
    async with db.write() as write:
        await one_process_at_a_time(write)
        if not await is_empty(write):
            return
        outcome = await Importer(write, Passwords(), clock(), demo=True).run(read(DEMO))
        # Before the commit: passwords that nobody can read would be worse than an unused file.
        write_accounts(data / DEMO_ACCOUNTS, outcome.accounts)


async def _refuse_demo(db: Database) -> None:
    async with db.read() as read_only:
        count = await count_active_demo_accounts(read_only)
    if count:
        raise DemoInProduction(
            f"The database holds {count} active demo accounts. Give production a database of its "
            "own (YUNTIAO_DATABASE_URL, or another folder in YUNTIAO_DATA)."
        )
