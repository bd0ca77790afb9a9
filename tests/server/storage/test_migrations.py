"""The schema's history leads to what the models say, and back."""

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, update

from server.storage.engine import Database
from server.storage.migrate import differences, downgrade, upgrade
from server.storage.migrations import versions
from server.storage.schema import Person
from tests.server.sessions.desk import open_desk

VERSIONS = sorted(Path(versions.__path__[0]).glob("[0-9]*.py"))
SINCE = "0027"
"""From here on the processes of the release before go on, for hours, with the schema after."""
TAKES_AWAY = {"drop_column", "drop_table", "rename_table", "alter_column"}


def disturbing(source: str) -> Iterator[str]:
    """What a migration does that whoever knows only the schema before would fail over."""
    forward = [node for node in ast.parse(source).body if getattr(node, "name", "") != "downgrade"]
    for call in (node for part in forward for node in ast.walk(part) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", "")
        if name in TAKES_AWAY:
            yield name
        for column in call.args if name == "add_column" else ():
            given = {word.arg: ast.unparse(word.value) for word in getattr(column, "keywords", ())}
            if given.get("nullable") == "False" and "server_default" not in given:
                yield ast.unparse(column)


@pytest.mark.parametrize("path", [one for one in VERSIONS if one.name >= SINCE] or VERSIONS[-1:])
def test_the_release_before_can_go_on_with_the_schema_after(path: Path) -> None:
    assert list(disturbing(path.read_text(encoding="utf8"))) == []


def test_what_the_release_before_would_fail_over_is_found() -> None:
    (once,) = (one for one in VERSIONS if one.name.startswith("0023"))
    assert list(disturbing(once.read_text(encoding="utf8"))) == ["drop_column"]
    strict = 'op.add_column("a", sa.Column("b", sa.Integer(), nullable=False))'
    assert len(list(disturbing(strict))) == 1


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


async def test_names_written_without_their_folded_form_get_it(migrated: Database) -> None:
    await downgrade(migrated, "0026")
    desk = await open_desk(migrated)
    names = ("赵六", "Ａ·Ｂ", "王建国")
    persons = [{"name": name, "recording": True, "lawyer_presence": True} for name in names]
    await desk.request(persons=persons)
    async with migrated.write() as write:
        await write.execute(update(Person).where(Person.name == names[0]).values(folded=""))
        await write.execute(update(Person).where(Person.name == names[1]).values(folded="李秀英"))
    await upgrade(migrated)
    async with migrated.read() as read:
        found = await read.execute(select(Person.name, Person.folded))
    assert {one.name: one.folded for one in found} == {
        "赵六": "赵六",
        "Ａ·Ｂ": "ab",
        "王建国": "王建国",
    }


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
