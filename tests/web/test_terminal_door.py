"""The names at a terminal: a stray tap does not end what the terminal does while nobody uses it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.whole_site import WholeSite

pytestmark = pytest.mark.e2e


@pytest.fixture
async def door(site: WholeSite, browser: Browser) -> AsyncIterator[Page]:
    context = await site.visitor(browser, "terminal")
    page = await context.new_page()
    await page.clock.install()
    await page.goto("/terminal")
    await expect(page.locator("#self-test-open")).to_be_enabled()
    yield page
    await context.close()


async def test_it_still_reloads_after_somebody_chose_another_name(door: Page) -> None:
    await door.locator(".person").first.click()
    await door.locator("#back").click()
    async with door.expect_event("load"):
        await door.clock.fast_forward("04:01:00")


async def test_who_is_typing_is_not_disturbed_and_who_has_walked_away_is_let_go(
    door: Page,
) -> None:
    await door.locator(".person").first.click()
    await door.clock.fast_forward("02:50")
    await door.locator("#password").press("a")
    await door.clock.fast_forward("02:50")
    await expect(door.locator("#sign-in")).to_be_visible()
    await door.clock.fast_forward("00:20")
    await expect(door.locator("#names")).to_be_visible()
    await expect(door.locator("#password")).to_have_value("")
