"""A desk with its people, on both databases."""

import pytest

from server.storage.engine import Database
from tests.server.sessions.desk import Desk, open_desk


@pytest.fixture
async def desk(migrated: Database) -> Desk:
    return await open_desk(migrated)
