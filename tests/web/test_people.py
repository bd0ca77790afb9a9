"""The mediator's list of people: what is typed there is not lost, and what went wrong is read."""

import asyncio

import pytest
from playwright.async_api import Browser, Page, Route

from tests.web.screens import show

pytestmark = pytest.mark.e2e
INVITED = {
    "person": "7" * 32,
    "name": "孙小梅",
    "link": "http://localhost/join#" + "s" * 43,
    "code": "1234 5678",
    "qr": "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=",
    "expires_at": 1_795_399_200_000,
}


@pytest.fixture
async def people(origin: str, browser: Browser) -> Page:
    page = await browser.new_page(viewport={"width": 1366, "height": 768})
    await show(page, origin, "terminal", "room-six")
    await page.get_by_test_id("open-people").click()
    await page.get_by_test_id("guest-name").fill("孙小梅")
    return page


async def test_what_goes_wrong_in_a_dialog_is_told_in_it_and_takes_no_name_away(
    people: Page,
) -> None:
    await people.route("**/guests", lambda route: route.fulfill(status=503, json={}))
    await people.get_by_test_id("invite").click()
    # Outside a modal dialog all is inert: covered, and no screen reader speaks of it.
    await people.locator("dialog:modal").get_by_test_id("toast").wait_for()
    assert await people.get_by_test_id("toast").count() == 1
    assert await people.get_by_test_id("guest-name").input_value() == "孙小梅"
    await people.get_by_test_id("people-close").click()
    assert await people.get_by_test_id("toast").count() == 1, "it goes on outside"


async def test_a_double_tap_invites_one_person(people: Page) -> None:
    asked: list[Route] = []
    answer = asyncio.Event()

    async def invite(route: Route) -> None:
        asked.append(route)
        await answer.wait()
        await route.fulfill(json=INVITED)

    await people.route("**/guests", invite)
    await people.get_by_test_id("invite").dblclick()
    answer.set()
    await people.get_by_test_id("invitation").wait_for()
    assert len(asked) == 1


async def test_an_address_is_said_to_be_copied_only_when_it_is(people: Page) -> None:
    await people.route("**/guests", lambda route: route.fulfill(json=INVITED))
    await people.evaluate("delete Navigator.prototype.clipboard")
    await people.get_by_test_id("invite").click()
    await people.get_by_text("复制网址").click()
    await people.get_by_test_id("toast").get_by_text("没能复制").wait_for()
