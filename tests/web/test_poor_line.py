"""Pages that one lost or late answer must not take away or turn into another one."""

import asyncio

import pytest
from playwright.async_api import Browser, FilePayload, Page, Route, expect

from tests.web.whole_site import WholeSite

pytestmark = pytest.mark.e2e


async def admin(site: WholeSite, browser: Browser) -> Page:
    return await (await site.visitor(browser, "admin")).new_page()


async def lost(route: Route) -> None:
    await route.abort()


@pytest.mark.parametrize(
    ("path", "api", "there"),
    [
        ("/admin/roster", "**/api/roster?*", "[data-testid=roster-add]"),
        ("/admin/appointments", "**/api/appointments?*", "[data-testid=book]"),
    ],
)
async def test_a_lost_request_leaves_the_page_and_is_made_again(
    site: WholeSite, browser: Browser, path: str, api: str, there: str
) -> None:
    page = await admin(site, browser)
    await page.goto(path)
    await page.locator(there).wait_for()
    await page.route(api, lost)
    await page.get_by_text("下一周").click()
    await page.get_by_test_id("unread").wait_for()
    await expect(page.locator(there)).to_be_visible()
    await page.unroute(api)
    await page.get_by_text("再试一次").click()
    await expect(page.get_by_test_id("unread")).to_have_count(0)


async def test_a_late_answer_to_an_earlier_question_is_dropped(
    site: WholeSite, browser: Browser
) -> None:
    page = await admin(site, browser)
    await page.goto("/admin/tasks")
    rows = page.locator("tbody tr")
    await rows.first.wait_for()
    before = await rows.count()
    late = asyncio.Event()

    async def hold(route: Route) -> None:
        await late.wait()
        await route.continue_()

    await page.route("**/api/tasks?state=done*", hold)
    await page.get_by_role("button", name="已办结").click()
    await expect(rows).to_have_count(0)  # what is open is not shown as finished
    async with page.expect_response("**/api/tasks?"):
        await page.get_by_role("button", name="待办", exact=True).click()
    await expect(rows).to_have_count(before)
    async with page.expect_response("**/api/tasks?state=done*") as answer:
        late.set()
    await (await answer.value).finished()
    await expect(page.get_by_role("columnheader", name="谁在办")).to_be_visible()
    await expect(rows).to_have_count(before)


async def test_a_copy_in_the_making_is_looked_at_again_after_a_look_that_failed(
    site: WholeSite, browser: Browser
) -> None:
    page = await admin(site, browser)
    item = {
        "id": "e" * 32,
        "name": "管理员",
        "by": "0" * 32,
        "kind": "video",
        "decided_by": None,
        "decided_at": None,
        "purpose": "交法院",
        "state": "working",
        "progress": 0.25,
        "error": "",
        "requested_at": 1_795_399_200_000,
        "finished_at": None,
        "expires_at": None,
        "bytes": None,
        "seconds": None,
        "sha256": None,
    }
    answers = [0.25, None, None, 0.75]

    async def look(route: Route) -> None:
        progress = answers.pop(0) if len(answers) > 1 else answers[0]
        if progress is None:
            await route.abort()
        else:
            await route.fulfill(json={"items": [item | {"progress": progress}]})

    await page.route("**/api/sessions/*/exports", look)
    await page.goto("/admin/sessions/{session}".format(**site.ids))
    await page.get_by_text("已完成 75%").wait_for()


async def test_a_table_replaces_the_roster_only_when_that_was_meant(
    site: WholeSite, browser: Browser
) -> None:
    page = await admin(site, browser)
    await page.goto("/admin/roster")
    await page.get_by_test_id("roster-add").wait_for()
    response = await page.request.get("/api/roster/files/roster.csv")
    table = (await response.body()) + b"\r\n"
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.method) if "/files/" in one.url else None)
    field = page.locator("input[type=file]")
    wrong: FilePayload = {
        "name": "a.csv",
        "mimeType": "text/csv",
        "buffer": b'x,y\n1,"a\nb"\n2,c\n',
    }
    await field.set_input_files(wrong)
    await page.get_by_test_id("replacing").get_by_text("2 行").wait_for()
    await page.get_by_role("button", name="不替换").click()
    assert sent == []
    await field.set_input_files(wrong)
    await page.get_by_role("button", name="替换值班表", exact=True).click()
    await page.get_by_text("缺少这些列").wait_for()
    assert await field.input_value() == "", "corrected, the same file can be chosen again"
    right: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": table}
    await field.set_input_files(right)
    await page.get_by_role("button", name="替换值班表", exact=True).click()
    await page.get_by_text("替换整张值班表。", exact=False).last.wait_for()
    assert sent == ["POST", "POST"]
