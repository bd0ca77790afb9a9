"""The small house at an address of its own, for a real browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page

from tests.server.house import PASSWORD
from tests.support.browser import Complaints
from tests.web.looks import DESKTOP, PHONE
from tests.web.looks import objections as accessible

__all__ = ["DESKTOP", "OVERFLOW", "PHONE", "Place", "accessible", "sign_in"]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Place:
    """The small house at an address of its own."""

    url: str
    browser: Browser

    @asynccontextmanager
    async def page(self, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Page]:
        """A page in a context of its own, whose console must stay clean."""
        context = await self.browser.new_context(
            base_url=self.url, viewport={"width": size[0], "height": size[1]}, locale="zh-CN"
        )
        page = await context.new_page()
        complaints = Complaints(page)
        yield page
        await context.close()
        # A refused request is an answer our pages handle; the console reports it all the same.
        assert [one for one in complaints.seen if "Failed to load resource" not in one] == []


async def sign_in(page: Page, username: str, path: str = "/login") -> None:
    await page.goto(path)
    await page.fill("[name=username]", username)
    await page.fill("#password", PASSWORD)
    await page.click("button[type=submit]")
