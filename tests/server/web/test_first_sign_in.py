"""The first sign-in where the rules are strict: settle the account, then everything opens."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from server.accounts.policy import Policy, SecondFactorRule
from server.storage.engine import Database
from server.storage.schema import Account
from tests.server.house import PASSWORD, House, new_house
from tests.server.web.place import OVERFLOW, Place, accessible, sign_in

pytestmark = pytest.mark.e2e

NEW = "long enough, mine"


@pytest.fixture
async def small_house(small: Database) -> House:
    """A house in production, whose people still have the passwords they were given."""
    house = new_house(small, Policy(SecondFactorRule.REQUIRED, own_password=True))
    await house.fill()
    async with house.db.write() as write:
        for person in house.people.values():
            (await write.get_one(Account, person.id)).first_password = True
    return house


async def change_password(page: Page) -> None:
    await page.fill("[name=old]", PASSWORD)
    await page.fill("[name=fresh]", NEW)
    await page.fill("[name=again]", NEW)
    await page.get_by_role("button", name="修改密码").click()


async def test_desk_password_then_codes_then_in(site: Place, small_house: House) -> None:
    async with site.page() as page:
        await sign_in(page, "lawyer")
        await page.wait_for_url("**/account")
        note = page.locator(".account-parts > .note")
        await expect(note).to_contain_text("初始密码")
        await expect(page.get_by_role("link", name="返回")).to_have_count(0)
        await change_password(page)
        await expect(note).to_contain_text("动态口令")
        await expect(page.locator("section h2").first).to_contain_text("动态口令")
        await page.get_by_role("button", name="开始设置").click()
        secret = (await page.locator(".codes-secret").inner_text()).replace(" ", "")
        await page.fill("#first-code", pyotp.TOTP(secret).at(small_house.clock.now))
        await page.get_by_role("button", name="确认启用").click()
        await expect(page.locator(".codes-paper code")).to_have_count(10)
        await expect(page.get_by_role("link", name="进入系统")).to_have_count(0)
        await page.get_by_label("我已妥善保存").check()
        await page.get_by_role("button", name="完成").click()
        await expect(note).to_contain_text("已经设置好")
        await expect(page.get_by_role("link", name="进入系统")).to_have_attribute("href", "/")


async def test_mediator_changes_the_password_at_the_terminal(
    site: Place, small_house: House
) -> None:
    code = await small_house.terminals.make_code_for("A")
    async with site.page() as page:
        await page.goto(f"/terminal?code={code.text}")
        await page.click("button[type=submit]")
        await page.get_by_role("button", name="某mediator").click()
        await page.fill("#password", PASSWORD)
        await page.get_by_role("button", name="进入").click()
        await page.wait_for_url("**/account")
        await page.wait_for_selector(".login")
        await expect(page.locator("#codes-title")).to_have_count(0)
        assert await accessible(page) == []
        assert await page.evaluate(OVERFLOW) <= 0
        await change_password(page)
        await expect(page.locator(".account-parts > .note")).to_contain_text("已经设置好")
