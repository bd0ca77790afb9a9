"""Every page of the service, on three kinds of screen: readable for everybody, nothing cut."""

import pytest
from playwright.async_api import Browser, Page

from tests.support.browser import Complaints
from tests.web.looks import LARGE, LARGE_TEXT, SIZES, cut_or_covered, objections, settled
from tests.web.pages import PAGES
from tests.web.whole_site import WholeSite

pytestmark = pytest.mark.e2e


async def test_every_page_can_be_read_by_everybody_on_every_screen(
    site: WholeSite, browser: Browser
) -> None:
    found: dict[str, list[str]] = {}
    for look in (one for looks in PAGES.values() for one in looks):
        context = await site.visitor(browser, look.who)
        page = await context.new_page()
        complaints = Complaints(page)
        await page.goto(look.path.format(**site.ids))
        await page.locator(look.ready).first.wait_for()
        await settled(page)
        for size in SIZES:
            found |= {f"{look.path} as {look.who} {size}": await _faults(page, size)}
        await page.evaluate(LARGE_TEXT)  # on the phone, where there is least room
        found[f"{look.path}: large text"] = await cut_or_covered(page)
        found[f"{look.path}: console"] = complaints.seen
        await context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}


async def _faults(page: Page, size: tuple[int, int]) -> list[str]:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    return [*await cut_or_covered(page), *(await objections(page) if size != LARGE else [])]
