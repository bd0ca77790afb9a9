"""The schema's history leads to what the models say, and back."""

import asyncio

import pytest
from sqlalchemy import inspect

from server.storage.engine import Database
from server.storage.migrate import differences, downgrade, upgrade


async def tables(db: Database) -> set[str]:
    async with db.engine.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_models_and_migrations_agree(migrated: Database) -> None:
    assert await differences(migrated) == []


async def test_a_difference_is_seen(migrated: Database) -> None:
    async with migrated.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE audit")
    assert next(change[0] for change in await differences(migrated)) == "add_table"


async def test_every_step_can_be_undone_and_done_again(migrated: Database) -> None:
    await downgrade(migrated, "base")
    assert await tables(migrated) <= {"alembic_version"}
    await upgrade(migrated)
    assert await differences(migrated) == []


async def test_full_text_table_is_there(migrated: Database) -> None:
    async with migrated.read() as read:
        connection = await read.connection()
        assert (await connection.exec_driver_sql("SELECT count(*) FROM session_search")).all()


@pytest.mark.timeout(60)
async def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(3)]
    await asyncio.gather(*(upgrade(db) for db in databases))
    assert await differences(databases[0]) == []
    for db in databases:
        await db.close()
