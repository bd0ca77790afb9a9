"""Lines to PostgreSQL: kept open, and left alone once the server has closed them."""

import contextlib

from sqlalchemy import text

from server.storage.engine import Away, Database
from server.storage.schema import Matter
from tests.support.postgres import PostgresCluster
from tests.support.waiting import eventually

_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def test_a_line_that_the_server_has_closed_is_not_used_again(
    postgres: PostgresCluster, postgres_template: str
) -> None:
    with postgres.database(postgres_template) as url:
        used, admin = Database(url), Database(url)
        assert await used.ready()
        assert await _ask(admin, f"SELECT count(pg_terminate_backend(pid)) {_OTHERS}") == 1

        async def answers() -> bool:
            # Until the end of the line has arrived here, what is asked on it is Away.
            with contextlib.suppress(Away):
                return await _ask(used, "SELECT 1") == 1
            return False

        await eventually(answers)
        await used.close()
        await admin.close()


async def test_a_read_sees_what_is_committed_while_it_runs(
    postgres: PostgresCluster, postgres_template: str
) -> None:
    with postgres.database(postgres_template) as url:
        db = Database(url)
        async with db.read() as read:
            assert await read.scalar(text("SELECT count(*) FROM matter")) == 0
            async with db.write() as write:
                write.add(Matter(code="a", name="", parent_code=None))
            assert await read.scalar(text("SELECT count(*) FROM matter")) == 1
        await db.close()


async def _ask(db: Database, question: str) -> object:
    async with db.read() as read:
        return await read.scalar(text(question))
