"""The page that a link opens, on a poor line and in a browser that can do little."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.looks import PHONE

pytestmark = pytest.mark.e2e
SECRET = "s" * 43
INVITED = {
    "name": "王小河",
    "guardian": "",
    "mediator": "赵春山",
    "station": "青禾镇公共法律服务工作站",
    "phone": "",
}


@pytest.fixture
async def phone(browser: Browser) -> Page:
    return await browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})


async def test_a_link_is_still_one_when_the_line_fails(origin: str, phone: Page) -> None:
    await phone.route("**/api/join/look", lambda route: route.abort())
    await phone.goto(f"{origin}/join#{SECRET}")
    await phone.get_by_test_id("join-trouble").wait_for()
    assert await phone.get_by_test_id("join-code").count() == 0, "nobody has a code for it"
    await phone.unroute("**/api/join/look")
    await phone.route("**/api/join/look", lambda route: route.fulfill(json=INVITED))
    await phone.get_by_test_id("join-again").click()
    await phone.get_by_test_id("join-me").wait_for()
    await expect(phone.get_by_test_id("join-trouble")).to_have_count(0)


async def test_a_link_that_is_none_leads_to_the_code(origin: str, phone: Page) -> None:
    no = {"code": "wrong_invitation", "message": "这个邀请不正确。"}
    await phone.route("**/api/join/look", lambda route: route.fulfill(status=400, json=no))
    await phone.goto(f"{origin}/join#{SECRET}")
    await phone.get_by_test_id("join-code").wait_for()


async def test_where_nothing_can_be_copied_the_address_is_there_to_select(
    origin: str, phone: Page
) -> None:
    await phone.add_init_script("""
      delete window.RTCPeerConnection;
      delete Navigator.prototype.clipboard;
    """)
    await phone.route("**/api/join/look", lambda route: route.fulfill(json=INVITED))
    await phone.goto(f"{origin}/join#{SECRET}")
    await phone.get_by_test_id("join-copy").click()
    await expect(phone.get_by_test_id("join-address")).to_have_value(phone.url)
    assert "已复制" not in await phone.get_by_test_id("join-copy").inner_text()
