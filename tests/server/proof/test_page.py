"""The proof page: asked over HTTP, and in a real browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from server.storage.engine import Database
from signaling.rights import Role
from tests.server.proof.recorded import Talks
from tests.server.review.archive import Archive
from tests.server.review.site import ReviewSite, principal, review_site
from tests.server.web.place import DESKTOP, OVERFLOW, PHONE, accessible
from tests.support.browser import Complaints


@pytest.fixture
async def talks(small: Database, tmp_path: Path) -> Talks:
    archive = Archive(small)
    await archive.fill()
    return Talks(archive, tmp_path / "recordings")


@pytest.fixture
async def site(talks: Talks) -> AsyncIterator[ReviewSite]:
    people = {role.value: principal(talks.archive.admin, role) for role in Role}
    async with review_site(talks.archive.db, talks.root, people) as opened:
        opened.now = talks.now
        yield opened


async def test_rounds_sessions_and_a_round_on_demand(site: ReviewSite, talks: Talks) -> None:
    whole, missing = await talks.talk(), await talks.talk(written=False)
    await talks.nights().prove_nightly()
    (run,) = (await (await site.get("/api/proof/runs", "supervisor")).json())["items"]
    assert (run["counts"], run["asked_by"]) == ({"whole": 1, "broken": 1}, None)
    path = f"/api/proof/runs/{run['id']}"
    answer = await (await site.get(f"{path}?state=broken,gaps", "supervisor")).json()
    assert [one["session"] for one in answer["items"]] == [missing]
    assert answer["items"][0]["findings"][0]["text"] == "应当录音录像的会话没有任何录音录像。"
    assert (await (await site.get(path)).json())["total"] == 2
    one = await (await site.get(f"/api/sessions/{whole}/proof")).json()
    assert one["proof"]["state"] == "whole"
    assert {length["name"] for length in one["proof"]["lengths"]} == {"王调解员", "陈律师"}
    none = await (await site.get(f"/api/sessions/{'0' * 32}/proof")).json()
    assert none == {"proof": None}
    assert (await site.get(f"{path}?state=x")).status == 400
    assert (await site.get(f"/api/proof/runs/{'0' * 32}")).status == 404
    assert (await site.post("/api/proof/runs", {})).status == 201
    again = await site.post("/api/proof/runs", {})
    assert (again.status, (await again.json())["code"]) == (409, "proof_under_way")
    await talks.nights().prove_nightly()
    assert await talks.runs() == [{"whole": 1, "broken": 1}] * 2


@pytest.mark.parametrize("role", Role)
async def test_who_may(site: ReviewSite, talks: Talks, role: Role) -> None:
    reads = role in {Role.ADMIN, Role.SUPERVISOR}
    for path in ("/admin/proof", "/api/proof/runs", f"/api/sessions/{'0' * 32}/proof"):
        assert (await site.get(path, role.value)).status == (200 if reads else 403)
    status = (await site.post("/api/proof/runs", {}, role.value)).status
    assert status == (201 if role is Role.ADMIN else 403)


@pytest.mark.e2e
async def test_in_a_browser(
    site: ReviewSite, talks: Talks, open_browser: Callable[[], Awaitable[Browser]]
) -> None:
    await talks.talk()
    await talks.talk(written=False)
    await talks.nights().prove_nightly()
    talks.now += timedelta(days=1)
    await talks.nights().prove_nightly()
    context = await (await open_browser()).new_context(base_url=site.base, locale="zh-CN")
    await context.add_cookies([{"name": "who", "value": "admin", "url": site.base}])
    page = await context.new_page()
    complaints = Complaints(page)
    await page.goto("/admin/proof")
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("应当录音录像的会话没有任何录音录像。")
    await page.get_by_role("group", name="最近的核对").get_by_role("button").first.click()
    await page.get_by_role("button", name="全部", exact=True).click()
    await expect(row).to_have_count(2)
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        assert await page.evaluate(OVERFLOW) <= 0
        assert await accessible(page) == []
    await page.get_by_role("button", name="现在全部核对一次").click()
    await expect(page.get_by_role("button", name="正在核对…")).to_be_disabled()
    await talks.nights().prove_nightly()
    await expect(page.get_by_role("button", name="现在全部核对一次")).to_be_enabled()
    await expect(page.locator("h2")).to_contain_text("周管理员发起")
    await context.close()
    assert complaints.seen == []
