"""The doors and the admin's pages in a real browser: they work, and its console stays clean."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.server.house import PASSWORD, House
from tests.server.web.place import DESKTOP, OVERFLOW, PHONE, Place, accessible, sign_in

pytestmark = pytest.mark.e2e


async def test_wrong_password_says_so_and_keeps_the_name(site: Place) -> None:
    async with site.page() as page:
        await page.goto("/login")
        await page.fill("[name=username]", "admin")
        await page.fill("#password", "wrong")
        await page.click("button[type=submit]")
        await expect(page.locator("#error")).to_have_text("用户名或密码不正确，请重新输入。")
        await expect(page.locator("[name=username]")).to_have_value("admin")
        await page.fill("#password", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/admin")


async def test_sign_in_leads_to_where_one_wanted_to_go(site: Place) -> None:
    async with site.page() as page:
        await sign_in(page, "admin", "/admin/audit")
        await page.wait_for_url("**/admin/audit")
        await expect(page.locator("h1")).to_have_text("审计日志")
        await expect(page.locator("tbody tr").first).to_contain_text("登录")


@pytest.mark.parametrize("next_page", ["https://evil.test", "//evil.test", "/\\evil.test"])
async def test_nobody_is_led_to_another_site(site: Place, next_page: str) -> None:
    async with site.page() as page:
        await sign_in(page, "supervisor", f"/login?next={next_page}")
        await page.wait_for_url(f"{site.url}/admin")


async def test_terminal_from_code_to_names_to_app(site: Place) -> None:
    async with site.page() as admin, site.page() as terminal:
        await sign_in(admin, "admin", "/admin/stations")
        tile = admin.locator(".station", has_text="A工作站")
        await tile.get_by_role("button", name="登记一台终端").click()
        code = await tile.locator(".fresh-code").inner_text()
        await terminal.goto("/terminal")
        for digit in code.replace("-", ""):
            await terminal.click(f"[data-key='{digit}']")
        await expect(terminal.locator("#code")).to_have_value(code)
        await terminal.click("button[type=submit]")
        await terminal.get_by_role("button", name="某mediator").click()
        await terminal.fill("#password", "wrong")
        await terminal.get_by_role("button", name="进入").click()
        await expect(terminal.locator("#error")).to_contain_text("不正确")
        await terminal.get_by_role("button", name="不是我").click()
        await terminal.get_by_role("button", name="某mediator").click()
        await expect(terminal.locator("#password")).to_have_value("")
        await terminal.fill("#password", PASSWORD)
        async with terminal.expect_response("**/api/terminal/sign-in") as answer:
            await terminal.get_by_role("button", name="进入").click()
        assert (await answer.value).status == 200


async def test_wrong_code_is_told_and_can_be_corrected(site: Place) -> None:
    async with site.page() as page:
        await page.goto("/terminal?code=0000-0000")
        await page.click("button[type=submit]")
        await expect(page.locator("#error")).to_contain_text("登记码不正确")
        await page.click("[data-key=back]")
        await expect(page.locator("#code")).to_have_value("0000-000")
        await page.click("button[type=submit]")
        await expect(page.locator("#error")).to_contain_text("八位")
        await page.click("[data-key=clear]")
        await page.locator("#code").press_sequentially("12ab345678")
        await expect(page.locator("#code")).to_have_value("1234-5678")


async def test_admin_revokes_after_a_second_word(site: Place, small_house: House) -> None:
    async with small_house.browser() as terminal:
        await terminal.enrol(small_house, "A")
        async with site.page() as page:
            await sign_in(page, "admin", "/admin/stations")
            tile = page.locator(".station", has_text="A工作站")
            await tile.get_by_role("button", name="注销").click()
            await tile.get_by_role("button", name="不注销").click()
            await tile.get_by_role("button", name="注销").click()
            await tile.get_by_role("button", name="确认注销").click()
            await expect(tile).to_contain_text("还没有终端")
        assert await small_house.terminals.terminal_of(terminal.cookies()) is None


async def test_stations_are_found_by_words(site: Place) -> None:
    async with site.page() as page:
        await sign_in(page, "admin", "/admin/stations")
        await expect(page.locator(".station")).to_have_count(2)
        await page.fill("input[type=search]", "某elsewhere")
        await expect(page.locator(".station")).to_have_count(1)
        await page.fill("input[type=search]", "没有这个")
        await page.get_by_role("button", name="全部显示").click()
        await expect(page.locator(".station")).to_have_count(2)


async def test_audit_filter_is_in_the_address_and_back_undoes_it(site: Place) -> None:
    async with site.page() as page:
        await sign_in(page, "admin", "/admin/audit")
        await page.get_by_label("做了什么").select_option("sign_in")
        await page.wait_for_url("**/admin/audit?action=sign_in")
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.go_back()
        await expect(page.get_by_label("做了什么")).to_have_value("")
        await page.get_by_label("做了什么").select_option("terminal_revoked")
        await expect(page.locator(".empty")).to_contain_text("没有符合条件")


async def test_sign_out_of_the_bar(site: Place) -> None:
    async with site.page() as page:
        await sign_in(page, "supervisor", "/admin/audit")
        await expect(page.get_by_role("navigation", name="管理")).not_to_contain_text("工作站")
        await page.get_by_role("button", name="退出").click()
        # What the page was still asking for may be refused first, and leads there too.
        await page.wait_for_url(re.compile(r"/login(\?|$)"))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_pages_fit_and_are_accessible(
    site: Place, small_house: House, size: tuple[int, int]
) -> None:
    async def check(page: Page) -> None:
        assert await accessible(page) == [], page.url
        assert await page.evaluate(OVERFLOW) <= 0, page.url

    async with site.page(size) as page:
        for path in ("/login", "/terminal", "/nothing"):
            await page.goto(path)
            await check(page)
        await sign_in(page, "admin", "/admin/stations")
        await page.locator(".station").first.get_by_role("button").first.click()
        await page.wait_for_selector(".fresh")
        await check(page)
        code = await small_house.terminals.make_code_for("A")
        await page.goto(f"/terminal?code={code.text}")
        await page.click("button[type=submit]")
        await page.wait_for_selector(".person")
        await check(page)
        await page.click(".person")
        await check(page)
        await page.goto("/admin/audit")
        await page.wait_for_selector("tbody tr")
        await check(page)
