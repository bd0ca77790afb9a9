"""A filled archive on both databases."""

from collections.abc import AsyncIterator

import pytest

from server.storage.engine import Database
from tests.server.review.archive import Archive, create_tables


@pytest.fixture
async def archive(database_url: str) -> AsyncIterator[Archive]:
    db = Database(database_url)
    await create_tables(db)
    archive = Archive(db)
    await archive.fill()
    yield archive
    await db.close()
