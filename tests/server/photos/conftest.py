"""A talk with two parties from elsewhere, and its photos."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.storage.engine import Database
from tests.server.guests.lobby import open_lobby
from tests.server.photos.gallery import Gallery, open_gallery
from tests.server.sessions.desk import open_desk


@pytest.fixture
async def gallery(small: Database, tmp_path: Path) -> AsyncIterator[Gallery]:
    lobby = await open_lobby(await open_desk(small))
    await lobby.inside("王建国")
    await lobby.inside("李秀英")
    async with open_gallery(lobby, tmp_path / "recordings") as made:
        yield made
