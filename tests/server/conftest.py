"""A migrated database, and the doors of the service around it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.storage.engine import Database
from server.storage.migrate import upgrade
from tests.server.house import Browser, House, new_house
from tests.support.postgres import PostgresCluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy: migrating anew takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresCluster) -> Iterator[str]:
    with postgres.database() as url:
        asyncio.run(_migrate(url))
        yield url


async def _migrate(url: str) -> None:
    db = Database(url)
    await upgrade(db)
    await db.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[str]:
    """A database of its own with the present schema: on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = shutil.copy(sqlite_template, tmp_path / "test.db")
        yield f"sqlite+aiosqlite:///{path}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.database(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
async def migrated(migrated_url: str) -> AsyncIterator[Database]:
    """An empty database with the present schema: on SQLite and on PostgreSQL."""
    db = Database(migrated_url)
    yield db
    await db.close()


@pytest.fixture
async def small(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The same on SQLite alone, for tests that are not about the database."""
    path = shutil.copy(sqlite_template, tmp_path / "small.db")
    db = Database(f"sqlite+aiosqlite:///{path}")
    yield db
    await db.close()


@pytest.fixture
async def house(migrated: Database) -> House:
    """Doors and people, on both databases."""
    made = new_house(migrated)
    await made.fill()
    return made


@pytest.fixture
async def small_house(small: Database) -> House:
    """Doors and people, on SQLite."""
    made = new_house(small)
    await made.fill()
    return made


@pytest.fixture
async def browser(small_house: House) -> AsyncIterator[Browser]:
    """A browser at the small house."""
    async with small_house.browser() as opened:
        yield opened
