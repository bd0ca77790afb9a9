"""A terminal where nobody has signed in yet tests itself against the real service and relay."""

import pytest
from playwright.async_api import expect

from tests.conftest import OpenBrowser, StartService
from tests.e2e.actors import TERMINAL_SCREEN, Admin, demo_accounts, new_page, terminal_code
from tests.support.media import MEDIATOR
from tests.web.looks import objections

pytestmark = pytest.mark.e2e

WELL = ("摄像头", "麦克风", "到服务的网络", "音视频线路", "本机空间", "本机时钟")


async def test_self_test_reaches_the_wall(
    start_service: StartService, open_browser: OpenBrowser
) -> None:
    service = await start_service()
    browser = await open_browser(MEDIATOR)
    page = await new_page(browser, TERMINAL_SCREEN)
    await page.goto(f"{service.url}/terminal?code={terminal_code(service)}")
    await page.click("button[type=submit]")
    await page.locator("#self-test-open").click()
    await page.get_by_test_id("self-test-again").and_(page.locator(":enabled")).wait_for()
    for name in WELL:
        row = page.locator(".self-test li", has_text=name).first
        await expect(row.locator(".badge")).to_have_text("正常")
    assert await objections(page) == []
    await page.get_by_test_id("self-test-close").click()

    admin = Admin(await new_page(browser, TERMINAL_SCREEN), service)
    await admin.sign_in_at_desk(demo_accounts(service.data)["admin"])
    await admin.page.goto(f"{service.url}/admin/health")
    tile = admin.page.locator(".health-tile", has_text="自检")
    await expect(tile.filter(has_text="刚刚")).to_have_count(1)
