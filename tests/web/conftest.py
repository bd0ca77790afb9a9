"""The browser, and what is looked at in it: the faked service or the whole one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.web.fake_site import fake_site
from tests.web.whole_site import WholeSite, whole_site


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    async with fake_site() as address:
        yield address


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[WholeSite]:
    async with whole_site(tmp_path) as served:
        yield served


@pytest.fixture
async def browser(open_browser: Callable[[], Awaitable[Browser]]) -> Browser:
    return await open_browser()
