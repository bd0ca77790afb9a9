"""A page that nobody has touched since it was loaded may not ring: people are told, in time."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import CDPSession, Page, async_playwright

from tests.support.browser import chromium
from tests.web.looks import SIZES, cut_or_covered, objections
from tests.web.screens import show

pytestmark = pytest.mark.e2e

BELL = "!!document.querySelector('[data-testid=trouble-silent]')"
RINGS = "heard.some((one) => one.state === 'running' && one.currentTime > 0)"

LISTEN = """window.heard = [];
window.AudioContext = class extends AudioContext {
  constructor(...given) {
    super(...given);
    heard.push(this);
  }
};"""


async def becomes(seen: CDPSession, condition: str) -> None:
    """Wait in the page. What Playwright itself evaluates counts as a touch, this does not."""
    wait = f"""(async () => {{
      while (!({condition})) await new Promise((resolve) => setTimeout(resolve, 50));
    }})()"""
    asked: dict[str, Any] = {"expression": wait, "awaitPromise": True}
    await asyncio.wait_for(seen.send("Runtime.evaluate", asked), 30)


async def opened(page: Page, origin: str, where: str, view: str) -> CDPSession:
    seen = await page.context.new_cdp_session(page)
    await page.add_init_script(LISTEN)
    await show(page, origin, where, view)
    await becomes(seen, BELL)
    return seen


@pytest.mark.parametrize(("where", "view"), [("terminal", "home"), ("desk", "idle")])
async def test_a_page_that_cannot_ring_says_so_until_it_is_touched(
    origin: str, where: str, view: str
) -> None:
    async with async_playwright() as playwright, chromium(playwright, sound=()) as browser:
        for width, height in SIZES:
            page = await browser.new_page(viewport={"width": width, "height": height})
            seen = await opened(page, origin, where, view)
            assert await cut_or_covered(page) == []
            assert await objections(page) == []
            await page.mouse.click(width / 2, 8)
            await becomes(seen, f"!({BELL})")


async def test_a_call_that_began_in_silence_rings_from_the_first_touch_on(origin: str) -> None:
    async with async_playwright() as playwright, chromium(playwright, sound=()) as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        seen = await opened(page, origin, "terminal", "called")
        await becomes(seen, f"!({RINGS})")
        await page.mouse.click(683, 8)
        await becomes(seen, f"{RINGS} && !({BELL})")


async def test_a_page_that_may_ring_says_nothing(origin: str) -> None:
    async with async_playwright() as playwright, chromium(playwright) as browser:
        page = await browser.new_page()
        seen = await page.context.new_cdp_session(page)
        await page.add_init_script(LISTEN)
        await show(page, origin, "terminal", "home")
        await becomes(seen, "heard.length > 0 && heard.every((one) => one.state === 'closed')")
        assert await page.get_by_test_id("trouble-silent").count() == 0
