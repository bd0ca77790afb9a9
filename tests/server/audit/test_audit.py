"""The audit log: appended in the caller's transaction, read in pages, itself watched."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from server.audit import log, repository
from server.audit.actions import LABELS, AuditAction
from server.storage.schema import Audit
from tests.server.house import START, Browser, House


async def append(house: House, count: int, action: AuditAction = AuditAction.SIGN_OUT) -> None:
    async with house.db.write() as write:
        for number in range(count):
            at = house.clock.now + timedelta(seconds=number)
            log.append(write, action, at, house.people["lawyer"].id, "x" * 32, {"rows": number})


async def ask(browser: Browser, query: str = "") -> dict[str, Any]:
    answer = await browser.get(f"/api/audit?{query}")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


def test_every_action_has_a_chinese_word() -> None:
    assert set(LABELS) == set(AuditAction)


async def test_entry_goes_with_the_callers_transaction(house: House) -> None:
    async def broken() -> None:
        async with house.db.write() as write:
            log.append(write, AuditAction.SIGN_IN, START)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await broken()
    async with house.db.read() as read:
        assert await read.scalar(select(func.count()).select_from(Audit)) == 0


async def test_pages_newest_first_on_both_databases(house: House) -> None:
    await append(house, 120)
    async with house.db.read() as read:
        pages = [await repository.page(read, log.AuditFilter(), number) for number in (1, 2, 3, 4)]
    assert [len(one.entries) for one in pages] == [50, 50, 20, 0]
    assert {one.total for one in pages} == {120}
    rows = [entry.detail["rows"] for one in pages for entry, _ in one.entries]
    assert rows == list(reversed(range(120)))


async def test_filters_on_both_databases(house: House) -> None:
    await append(house, 3)
    await append(house, 2, AuditAction.DATA_IMPORTED)
    someone = house.people["lawyer"].id
    filters = {
        log.AuditFilter(action=AuditAction.DATA_IMPORTED): 2,
        log.AuditFilter(actor_id=someone): 5,
        log.AuditFilter(actor_id="nobody"): 0,
        log.AuditFilter(since=START + timedelta(seconds=1)): 3,
        log.AuditFilter(until=START + timedelta(seconds=1)): 2,
    }
    async with house.db.read() as read:
        found = {wanted: (await repository.page(read, wanted, 1)).total for wanted in filters}
    assert found == filters


async def test_reading_is_itself_an_entry_once_per_question(
    small_house: House, browser: Browser
) -> None:
    await append(small_house, 60)
    await browser.sign_in(small_house, "supervisor")
    await ask(browser)
    await ask(browser, "page=2")
    found = await ask(browser, "action=audit_read")
    assert found["total"] == 1
    assert found["items"][0]["actor"]["name"] == "某supervisor"
    assert found["items"][0]["label"] == "查阅审计日志"


async def test_days_are_chinas(small_house: House, browser: Browser) -> None:
    async with small_house.db.write() as write:
        for hour in (15, 16):  # 23:00 of one day and 00:00 of the next, in China
            moment = datetime(2026, 11, 20, hour, tzinfo=UTC)
            log.append(write, AuditAction.DATA_IMPORTED, moment)
    await browser.sign_in(small_house, "admin")
    one = await ask(browser, "action=data_imported&from=2026-11-20&to=2026-11-20")
    next_day = await ask(browser, "action=data_imported&from=2026-11-21&to=2026-11-21")
    assert one["total"] == next_day["total"] == 1
    assert one["items"][0]["actor"] is None


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=x",
        "page=99999999999999999999",
        "page=１",
        "action=unknown",
        "from=yesterday",
        "to=2026-13-01",
        "from=0001-01-01",
        "to=9999-12-31",
        "actor=%00",
        "actor=%ED%A0%80",
        "actor=nobody",
    ],
)
async def test_bad_questions_are_400(house: House, query: str) -> None:
    async with house.browser() as browser:
        await browser.sign_in(house, "admin")
        exported = [] if query.startswith("page") else ["/api/audit/export"]
        for path in ("/api/audit", *exported):
            answer = await browser.get(f"{path}?{query}")
            assert answer.status == 400
            assert (await answer.json())["code"] == "bad_query"


async def test_page_offers_actions_and_people(small_house: House, browser: Browser) -> None:
    await append(small_house, 1)
    await browser.sign_in(small_house, "admin")
    page = await (await browser.get("/admin/audit")).text()
    assert "某lawyer" in page
    assert "打开录音录像" in page
    assert "某mediator" not in page


async def test_export_holds_what_was_asked_for_and_no_formulas(
    small_house: House, browser: Browser
) -> None:
    await append(small_house, 60)
    async with small_house.db.write() as write:
        detail = {"purpose": "x"}
        log.append(write, AuditAction.RECORDING_OPENED, START, subject="=1+1", detail=detail)
    await browser.sign_in(small_house, "supervisor")
    everything = (await (await browser.get("/api/audit/export")).read()).decode()
    assert everything.startswith("\ufeff时间,事项,操作人,用户名,对象编号,细节")
    assert everything.count("退出") == 60
    assert "'=1+1,purpose x" in everything
    opened = await (await browser.get("/api/audit/export?action=recording_opened")).text()
    assert "退出" not in opened
    assert (await ask(browser, "action=audit_exported"))["total"] == 2
