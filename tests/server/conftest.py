"""A migrated database, and the doors of the service around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.storage.engine import Database
from server.storage.migrate import upgrade
from tests.server.house import Browser, House, new_house


@pytest.fixture
async def migrated(database_url: str) -> AsyncIterator[Database]:
    """An empty database with the present schema: on SQLite and on PostgreSQL."""
    db = Database(database_url)
    await upgrade(db)
    yield db
    await db.close()


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Database]:
    """The same on SQLite alone, for tests that are not about the database."""
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'small.db'}")
    await upgrade(db)
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
