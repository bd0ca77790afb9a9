"""A guest's phone: whoever has left is told so, and is not in their own camera any more."""

import pytest
from playwright.async_api import Browser, expect

from tests.web.looks import PHONE
from tests.web.screens import show

pytestmark = pytest.mark.e2e

# Every track that the page was ever given.
WATCHED = """() => {
  window.tracks = [];
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (...wanted) {
    const stream = await ask.apply(this, wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""
OPEN = "() => window.tracks.some((track) => track.readyState === 'live')"
SHUT = "() => window.tracks.every((track) => track.readyState === 'ended')"


async def test_who_has_left_sees_so_with_the_camera_off_and_can_come_back(
    origin: str, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    await page.add_init_script(f"({WATCHED})()")
    await show(page, origin, "guest", "lobby")
    await page.wait_for_function(OPEN)
    await page.evaluate("fake.show(fake.VIEWS.guest.left)")
    await page.get_by_test_id("guest-left").wait_for()
    await page.wait_for_function(SHUT)
    await page.get_by_test_id("guest-return").click()
    await page.get_by_test_id("guest-check").wait_for()
    await page.wait_for_function(OPEN)
    await expect(page.locator("#main")).to_be_focused()
    await page.evaluate("fake.show(fake.VIEWS.guest.lobby)")
    await page.get_by_test_id("guest-lobby").wait_for()
    await page.evaluate("fake.show(fake.VIEWS.guest.left)")
    await page.get_by_test_id("guest-left").wait_for()
