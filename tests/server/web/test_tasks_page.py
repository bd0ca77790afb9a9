"""The page of tasks in a real browser."""

import pytest
from playwright.async_api import expect

from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task
from tests.server.house import House
from tests.server.web.place import DESKTOP, OVERFLOW, PHONE, Place, accessible, sign_in

pytestmark = pytest.mark.e2e


async def test_a_task_is_taken_and_ended(site: Place, small_house: House) -> None:
    text = {"text": "有一段录音录像的文件与封存时的哈希值不一致。"}
    async with small_house.db.write() as write:
        at = small_house.clock.now
        await open_task(write, TaskKind.PROOF_FAILED, "5" * 32, at, text)
        await open_task(write, TaskKind.DELETION_PROPOSED, "6" * 32, at)
    async with site.page() as page:
        await sign_in(page, "supervisor", "/admin/tasks")
        row = page.locator("tbody tr", has_text="哈希值不一致")
        await row.get_by_role("button", name="领取").click()
        await row.get_by_role("button", name="办结").click()
        await row.get_by_label("查明的原因和处理结果").fill("二号盘有坏道，已用备份恢复")
        for size in (DESKTOP, PHONE):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            assert await page.evaluate(OVERFLOW) <= 0
            assert await accessible(page) == []
        await row.get_by_role("button", name="办结").click()
        await expect(row).to_have_count(0)
        await expect(page.locator("tbody tr")).to_contain_text("处理后自动办结")
        await page.get_by_role("button", name="已办结").click()
        await expect(page.locator("tbody tr")).to_contain_text("二号盘有坏道")
