"""Two writers in each other's way: one goes on, the other is told to decide again."""

import asyncio

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from server.storage.engine import WRITE_CONFLICTS, Database, GaveWay
from server.storage.schema import Matter
from tests.support.postgres import PostgresCluster


async def test_a_deadlock_ends_one_transaction_in_favour_of_the_other(
    postgres: PostgresCluster, postgres_template: str
) -> None:
    with postgres.database(postgres_template) as url:
        db = Database(url)
        async with db.write() as write:
            write.add_all([Matter(code=code, name="", parent_code=None) for code in "ab"])
        both = asyncio.Barrier(2)

        async def rename(first: str, second: str) -> None:
            async with db.write() as write:
                await write.execute(update(Matter).values(name=first).where(Matter.code == first))
                await both.wait()
                await write.execute(update(Matter).values(name=first).where(Matter.code == second))

        outcomes = await asyncio.gather(rename("a", "b"), rename("b", "a"), return_exceptions=True)
        assert [type(one) for one in outcomes if one is not None] == [GaveWay]
        async with db.read() as read:
            assert len(set((await read.scalars(select(Matter.name))).all())) == 1
        await db.close()
    assert GaveWay in WRITE_CONFLICTS


async def test_any_other_fault_of_the_database_is_not_taken_for_a_conflict(
    migrated: Database,
) -> None:
    with pytest.raises(DBAPIError, match="no_such_table") as fault:
        await _write(migrated, "DELETE FROM no_such_table")
    assert not isinstance(fault.value, WRITE_CONFLICTS)


async def _write(db: Database, statement: str) -> None:
    async with db.write() as write:
        await write.execute(text(statement))
