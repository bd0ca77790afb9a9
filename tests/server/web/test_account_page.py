"""One's own account in a real browser: password, one-time codes, where one is signed in."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.server.house import PASSWORD, House
from tests.server.web.place import DESKTOP, OVERFLOW, PHONE, Place, accessible, sign_in

pytestmark = pytest.mark.e2e

NEW = "long enough, mine"


async def set_up_codes(page: Page, house: House) -> tuple[str, list[str]]:
    """Go through the steps; the secret and the codes on paper."""
    await page.get_by_role("button", name="开始设置").click()
    secret = (await page.locator(".codes-secret").inner_text()).replace(" ", "")
    await page.fill("#first-code", pyotp.TOTP(secret).at(house.clock.now))
    await page.get_by_role("button", name="确认启用").click()
    await expect(page.locator(".codes-paper code")).to_have_count(10)
    paper = await page.locator(".codes-paper code").all_inner_texts()
    await page.get_by_label("我已妥善保存").check()
    await page.get_by_role("button", name="完成").click()
    await expect(page.locator("#codes-title")).to_contain_text("已启用")
    return secret, paper


async def test_codes_from_setting_up_to_the_door(site: Place, small_house: House) -> None:
    async with site.page() as page:
        await sign_in(page, "admin", "/account")
        secret, paper = await set_up_codes(page, small_house)
        await page.get_by_role("button", name="退出", exact=True).click()
        await page.wait_for_url("**/login")
        await page.fill("[name=username]", "admin")
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await expect(page.locator("#error")).to_have_text("请输入动态口令。")
        await expect(page.locator("#code")).to_be_focused()
        await page.keyboard.type("000000")
        await page.keyboard.press("Enter")
        await expect(page.locator("#error")).to_contain_text("不正确或已用过")
        small_house.clock.forward(seconds=60)
        await page.fill("#code", pyotp.TOTP(secret).at(small_house.clock.now))
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/admin")
        assert len(paper) == 10


async def test_codes_are_taken_away_with_the_password(site: Place, small_house: House) -> None:
    async with site.page() as page:
        await sign_in(page, "lawyer", "/account")
        await set_up_codes(page, small_house)
        await page.get_by_role("button", name="关闭动态口令").click()
        section = page.locator("section", has=page.locator("#codes-title"))
        await section.locator("input[type=password]").fill("wrong")
        await page.get_by_role("button", name="确认关闭").click()
        await expect(section.locator(".error")).to_contain_text("密码不正确")
        await section.locator("input[type=password]").fill(PASSWORD)
        await page.get_by_role("button", name="确认关闭").click()
        await expect(page.locator("#codes-title")).to_contain_text("未设置")


async def test_password_is_changed_and_mistakes_are_told(site: Place) -> None:
    async with site.page() as page:
        await sign_in(page, "lawyer", "/account")
        button = page.get_by_role("button", name="修改密码")
        await page.fill("[name=old]", "wrong")
        await page.fill("[name=fresh]", NEW)
        await page.fill("[name=again]", NEW + "!")
        await expect(page.locator("form .error").first).to_contain_text("不一样")
        await expect(button).to_be_disabled()
        await page.fill("[name=again]", NEW)
        await button.click()
        await expect(page.locator("form .error").first).to_contain_text("现在的密码不正确")
        await page.fill("[name=old]", PASSWORD)
        await button.click()
        await expect(page.locator(".account-form .note")).to_have_text("密码已修改。")
        await expect(page.locator("[name=old]")).to_have_value("")


async def test_signing_out_elsewhere(site: Place) -> None:
    async with site.page() as there, site.page() as here:
        await sign_in(there, "lawyer", "/account")
        await there.wait_for_selector(".login")
        await sign_in(here, "lawyer", "/account")
        await expect(here.locator(".login")).to_have_count(2)
        await here.get_by_role("button", name="退出那里").click()
        await expect(here.locator(".login")).to_have_count(1)
        await there.reload()
        await there.wait_for_url("**/login?next=/account")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_page_fits_and_is_accessible(
    site: Place, small_house: House, size: tuple[int, int]
) -> None:
    async def check(page: Page) -> None:
        assert await accessible(page) == []
        assert await page.evaluate(OVERFLOW) <= 0

    async with site.page(size) as page:
        await sign_in(page, "supervisor", "/account")
        await page.wait_for_selector(".login")
        await check(page)
        await page.get_by_role("button", name="开始设置").click()
        await page.wait_for_selector(".codes-secret")
        await check(page)
        await page.get_by_role("button", name="暂不设置").click()
        await set_up_codes(page, small_house)
        await page.get_by_role("button", name="换手机或重新设置").click()
        await check(page)
