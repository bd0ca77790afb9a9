"""The retention page and a session's keeping, in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, expect

from tests.server.retention.conftest import Keep
from tests.server.web.place import DESKTOP, OVERFLOW, PHONE, accessible
from tests.support.browser import Complaints

pytestmark = pytest.mark.e2e


@asynccontextmanager
async def page_of(keep: Keep, browser: Browser, who: str) -> AsyncIterator[Page]:
    base = keep.site.base
    context = await browser.new_context(base_url=base, locale="zh-CN")
    await context.add_cookies([{"name": "who", "value": who, "url": base}])
    page = await context.new_page()
    complaints = Complaints(page)
    yield page
    await context.close()
    assert complaints.seen == []


async def fits(page: Page) -> None:
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        assert await page.evaluate(OVERFLOW) <= 0
        assert await accessible(page) == []


async def test_terms_a_hold_and_two_people(
    small_keep: Keep, open_browser: Callable[[], Awaitable[Browser]]
) -> None:
    keep = small_keep
    session = await keep.talks.talk()
    browser = await open_browser()
    async with page_of(keep, browser, "admin") as admin, page_of(keep, browser, "second") as other:
        await admin.goto("/admin/retention")
        await admin.get_by_role("button", name="设定长期").click()
        await admin.get_by_label("年数").fill("30")
        await admin.get_by_label("依据").fill("本局档案分类方案")
        await fits(admin)
        await admin.get_by_role("button", name="保存").click()
        await expect(admin.locator("tbody")).to_contain_text("30 年")
        await admin.get_by_label("人民调解").select_option("long")
        await expect(admin.locator(".kinds")).to_contain_text("0 个录像没有类别")
        await admin.goto(f"/admin/sessions/{session}")
        kept = admin.get_by_test_id("keeping")
        await expect(kept).to_contain_text("长期（30 年）")
        await kept.get_by_role("button", name="保全", exact=True).click()
        await kept.locator("[name=reason]").fill("诉讼保全")
        await kept.locator("form").get_by_role("button", name="保全").click()
        await expect(kept.get_by_test_id("held")).to_contain_text("诉讼保全")
        await expect(kept.get_by_role("button", name="提出销毁")).to_have_count(0)
        await kept.get_by_role("button", name="解除保全").click()
        await kept.locator("[name=reason]").fill("已裁定解除")
        await kept.locator("form").get_by_role("button", name="解除保全").click()
        await kept.get_by_role("button", name="提出销毁").click()
        await kept.locator("[name=reason]").fill("保管期满")
        await kept.locator("form").get_by_role("button", name="提出销毁").click()
        await expect(kept.get_by_test_id("deletion")).to_contain_text("待第二人确认")
        await expect(kept.get_by_role("button", name="确认销毁…")).to_have_count(0)
        await other.goto(f"/admin/sessions/{session}")
        theirs = other.get_by_test_id("keeping")
        await theirs.get_by_role("button", name="确认销毁…").click()
        await fits(other)
        await theirs.get_by_role("button", name="确认销毁", exact=True).click()
        await expect(theirs.get_by_test_id("deletion")).to_contain_text("等待执行")
        await keep.jobs().erase_confirmed()
        await other.reload()
        await expect(theirs.get_by_test_id("deletion")).to_contain_text("销毁证明")
        await other.goto("/admin/retention")
        await expect(other.locator(".kept-list")).to_contain_text("已销毁")
