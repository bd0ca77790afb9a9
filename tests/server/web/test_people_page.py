"""The pages of people and of import in a real browser."""

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.server.house import PASSWORD, House
from tests.server.web.place import DESKTOP, OVERFLOW, PHONE, Place, accessible, sign_in

pytestmark = pytest.mark.e2e


def people_csv(*rows: str) -> FilePayload:
    text = "\n".join(("username,name,role,station", *rows))
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}


async def people(page: Page) -> None:
    await sign_in(page, "admin", "/admin/people")
    await page.wait_for_selector("tbody tr")


async def test_newcomer_is_added_and_signs_in(site: Place) -> None:
    async with site.page() as page, site.page() as newcomer:
        await people(page)
        await page.get_by_role("button", name="新增人员").click()
        form = page.locator(".adding")
        await form.locator("[name=role]").select_option("lawyer")
        await form.locator("[name=username]").fill("newcomer")
        await form.locator("[name=name]").fill("某新人")
        await form.locator("[name=firm]").fill("某律师事务所")
        await form.locator("[name=licence_no]").fill("13701")
        await form.locator("[name=phone]").fill("x")
        await form.get_by_role("button", name="新增").click()
        await expect(form.locator(".error")).to_contain_text("电话：不是电话号码")
        await form.locator("[name=phone]").fill("")
        await form.get_by_role("button", name="新增").click()
        password = await form.locator(".fresh-code").inner_text()
        await expect(page.locator("tbody tr", has_text="newcomer")).to_contain_text("初始密码未改")
        await newcomer.goto("/login?next=/account")
        await newcomer.fill("[name=username]", "newcomer")
        await newcomer.fill("#password", password)
        await newcomer.click("button[type=submit]")
        await newcomer.wait_for_url("**/account")


async def test_change_disable_and_enable(site: Place, small_house: House) -> None:
    async with site.page() as page:
        await people(page)
        row = page.locator("tbody tr", has_text="某mediator")
        await row.get_by_role("button").click()
        await page.locator(".person-managing [name=phone]").fill("0531-7654321")
        await page.get_by_role("button", name="保存").click()
        await expect(row).to_contain_text("0531-7654321")
        await row.get_by_role("button").click()
        await page.get_by_role("button", name="停用账号").click()
        await page.get_by_role("button", name="确认停用").click()
        await expect(row).to_have_count(0)
        await page.get_by_label("也显示已停用的").check()
        await expect(row).to_contain_text("已停用")
        await row.get_by_role("button").click()
        await page.get_by_role("button", name="启用账号").click()
        await page.get_by_role("button", name="确认启用").click()
        await expect(row).not_to_contain_text("已停用")


async def test_new_password_is_shown_once(site: Place, small_house: House) -> None:
    async with site.page() as page:
        await people(page)
        await page.locator("tbody tr", has_text="某lawyer").get_by_role("button").click()
        await page.get_by_role("button", name="重置密码").click()
        await page.get_by_role("button", name="确认重置密码").click()
        await expect(page.locator(".fresh-code")).not_to_have_text(PASSWORD)
        await page.get_by_role("button", name="已交给本人").click()
        await expect(page.locator(".fresh-code")).to_have_count(0)


async def test_file_is_looked_at_corrected_and_imported(site: Place) -> None:
    async with site.page() as page:
        await sign_in(page, "admin", "/admin/import")
        choose = page.locator("input[type=file]")
        await choose.set_input_files(people_csv("new1,某甲,mediator,Z", "new2,,mediator,A"))
        await expect(page.locator(".note.stop")).to_contain_text("2 处问题")
        await expect(page.locator("tbody tr").first).to_contain_text("不能为空")
        await choose.set_input_files(people_csv("new1,某甲,mediator,A", "mediator,某改,mediator,B"))
        await expect(page.locator(".note.wait")).to_contain_text("新增 1，修改 1")
        await expect(page.locator("tbody tr").nth(1)).to_contain_text("某mediator → 某改")
        await page.get_by_role("button", name="确认导入 2 行").click()
        await expect(page.locator(".note.go")).to_contain_text("已导入：新增 1，修改 1")
        await expect(page.locator("tbody tr")).to_contain_text("new1")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_pages_fit_and_are_accessible(site: Place, size: tuple[int, int]) -> None:
    async def check(page: Page) -> None:
        assert await accessible(page) == [], page.url
        assert await page.evaluate(OVERFLOW) <= 0, page.url

    async with site.page(size) as page:
        await people(page)
        await check(page)
        await page.get_by_role("button", name="新增人员").click()
        await page.locator("tbody tr", has_text="某lawyer").get_by_role("button").click()
        await page.get_by_role("button", name="停用账号").click()
        await check(page)
        await page.goto("/admin/import")
        await page.locator("input[type=file]").set_input_files(people_csv("new1,某甲,mediator,A"))
        await page.wait_for_selector("tbody tr")
        await check(page)
