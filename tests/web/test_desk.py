"""The lawyer's desk under hurried hands: what keys and late answers must not do."""

import pytest
from playwright.async_api import Browser, Page

from tests.web.screens import sent, show

pytestmark = pytest.mark.e2e

# A call takes no key in its first moment: only after that does the hurry begin.
LISTENS = """() => {
  const space = new KeyboardEvent('keydown', {key: ' ', bubbles: true, cancelable: true});
  return document.querySelector('[data-testid=ringing]') && document.body.dispatchEvent(space);
}"""


async def ringing(browser: Browser, origin: str) -> Page:
    page = await browser.new_page()
    await show(page, origin, "desk", "ringing")
    await page.wait_for_function(LISTENS)
    return page


async def commanded(page: Page, kind: str) -> list[dict[str, object]]:
    """The bodies of the commands of one type, once there is one."""
    await page.wait_for_function("(kind) => fake.sent.some((one) => one.type === kind)", arg=kind)
    return await sent(page, kind)


async def test_enter_does_what_the_button_under_the_focus_says(
    origin: str, browser: Browser
) -> None:
    page = await ringing(browser, origin)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await commanded(page, "call.accept") == [{"session": "5" * 32, "recording": False}]


async def test_a_call_is_declined_and_taken_with_enter_alone(origin: str, browser: Browser) -> None:
    page = await ringing(browser, origin)
    await page.get_by_test_id("decline-call").focus()
    await page.keyboard.press("Enter")
    await page.locator("[data-testid=decline-conflict]:focus").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("[data-testid=accept-call]:focus").wait_for()
    await page.keyboard.press("Escape")
    await page.locator("[data-testid=decline-conflict]:focus").wait_for()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await commanded(page, "call.decline") == [{"session": "5" * 32, "reason": "busy"}]
    assert await sent(page, "call.accept") == []
    page = await ringing(browser, origin)
    await page.locator("[data-testid=ringing] h2").click()
    await page.keyboard.press("Enter")
    assert await commanded(page, "call.accept") == [{"session": "5" * 32, "recording": True}]
