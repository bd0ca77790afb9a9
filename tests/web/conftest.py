"""The app pages with a faked service, in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser

from tests.web.fake_site import fake_site


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    async with fake_site() as address:
        yield address


@pytest.fixture
async def browser(open_browser: Callable[[], Awaitable[Browser]]) -> Browser:
    return await open_browser()
