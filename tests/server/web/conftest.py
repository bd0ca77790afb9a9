"""The small house, open to a browser."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser

from server.web.site import Site, application
from tests.server.house import House
from tests.server.web.place import Place
from tests.support.ports import free_port


@pytest.fixture
async def site(
    small_house: House, open_browser: Callable[[], Awaitable[Browser]]
) -> AsyncIterator[Place]:
    port = free_port()
    url = f"http://localhost:{port}"
    common = {"demo": True, "hotline": "12348"}
    app = application(Site((url,), small_house.accounts.principal_of, common), small_house.routes())
    async with TestServer(app, host="localhost", port=port):
        yield Place(url, await open_browser())
