"""Bringing a database to the present schema: Alembic, configured here.

``python -m server.storage.migrate "what changes"`` drafts the next step from the models.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from server.storage.engine import Database
from server.storage.migrations.comparing import COMPARING
from server.storage.schema import Base

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
FIRST_CONNECTION_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
LOCK = 7_315_001  # any number, as long as every process of this service takes the same


async def upgrade(db: Database, revision: str = "head") -> None:
    """Run the missing steps, in one transaction; several processes may ask at once."""
    await _run(db, lambda config: command.upgrade(config, revision))


async def downgrade(db: Database, revision: str) -> None:
    """Undo steps down to ``revision`` (``base``: all)."""
    await _run(db, lambda config: command.downgrade(config, revision))


async def differences(db: Database) -> list[Any]:
    """Return what the models say and the database does not, or the other way round."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_compare)


async def at_head(db: Database) -> bool:
    """Tell whether the database has the schema that this release was written for."""
    head = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    async with db.engine.connect() as connection:
        return await connection.run_sync(_revision_of) == head


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _connect_first(db: Database) -> None:
    """Make the first connection, which turns WAL on in a new SQLite file.

    That one statement does not wait for other processes as all others do, so it is tried again.
    """
    for wait in (*FIRST_CONNECTION_WAITS, None):
        try:
            await db.ready()
        except OperationalError:
            if not db.sqlite or wait is None:
                raise
            await asyncio.sleep(wait)
        else:
            return


async def _run(db: Database, step: Callable[[Config], None]) -> None:
    await _connect_first(db)
    # Taking SQLite's write lock first makes a second process wait, as PostgreSQL's lock does.
    engine = db.engine.execution_options(immediate=True)
    async with engine.begin() as connection:
        if not db.sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await connection.run_sync(partial(_with_config, step))


def _with_config(step: Callable[[Config], None], connection: Connection) -> None:
    step(_config(connection))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _compare(connection: Connection) -> list[Any]:
    options = {name: value for name, value in COMPARING.items() if name != "render_item"}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Base.metadata))


async def _draft(message: str, number: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite+aiosqlite:///{folder}/draft.db")
        await upgrade(db)
        await _run(db, partial(_revision, message, number))
        await db.close()


def _revision(message: str, number: str, config: Config) -> None:
    command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    steps = len(list((MIGRATIONS / "versions").glob("[0-9]*.py")))
    asyncio.run(_draft(" ".join(sys.argv[1:]) or "what changes", f"{steps + 1:04d}"))
