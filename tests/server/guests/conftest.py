"""A talk under way, on SQLite: the rules are the same on both databases."""

import pytest

from server.storage.engine import Database
from tests.server.guests.lobby import Lobby, open_lobby
from tests.server.sessions.desk import open_desk


@pytest.fixture
async def lobby(small: Database) -> Lobby:
    return await open_lobby(await open_desk(small))
