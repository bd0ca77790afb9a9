"""Tasks: opened once, taken by one, ended with a word or by themselves; counted for scrapers."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.storage.schema import Audit, Task
from server.tasks.kinds import KINDS, TaskKind
from server.tasks.repository import PAGE, open_task, resolve_task
from tests.server.house import START, Browser, House

SUBJECT = "5" * 32


async def opened(
    house: House, kind: TaskKind = TaskKind.PROOF_FAILED, subject: str = SUBJECT
) -> str:
    async with house.db.write() as write:
        return (await open_task(write, kind, subject, house.clock.now)).id


async def listed(browser: Browser, query: str = "") -> dict[str, Any]:
    answer = await browser.get(f"/api/tasks?{query}")
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def code_of(browser: Browser, path: str, body: object) -> str:
    answer = await browser.post(path, body)
    return "" if answer.status == 204 else str((await answer.json())["code"])


def test_every_kind_is_described() -> None:
    assert set(KINDS) == set(TaskKind)
    assert all(about.label and about.place.startswith("/admin") for about in KINDS.values())


async def test_one_open_task_a_kind_and_subject(house: House) -> None:
    async with house.db.write() as write:
        first = await open_task(write, TaskKind.PROOF_FAILED, SUBJECT, START, {"findings": 2})
        again = await open_task(write, TaskKind.PROOF_FAILED, SUBJECT, START + timedelta(days=1))
        assert again.id == first.id
        assert again.opened_at == START
        assert again.detail == {"findings": 2}
        changed = await open_task(write, TaskKind.PROOF_FAILED, SUBJECT, START, {"findings": 3})
        assert changed.detail == {"findings": 3}
        other = await open_task(write, TaskKind.RECORDING_ALARM, SUBJECT, START)
        assert other.id != first.id


async def test_opened_by_many_at_once_it_is_still_one(house: House) -> None:
    found = await asyncio.gather(*(opened(house) for _ in range(6)))
    assert len(set(found)) == 1


async def test_cause_gone_ends_it_and_the_next_one_is_new(house: House) -> None:
    first = await opened(house)
    async with house.db.write() as write:
        at = START + timedelta(hours=1)
        assert await resolve_task(write, TaskKind.PROOF_FAILED, SUBJECT, at)
        assert not await resolve_task(write, TaskKind.PROOF_FAILED, SUBJECT, at)
        assert not await resolve_task(write, TaskKind.RECORDING_ALARM, SUBJECT, at)
    assert await opened(house) != first
    async with house.db.read() as read:
        rows = (await read.scalars(select(Task).order_by(Task.opened_at, Task.done_at))).all()
    assert {(row.done_at, row.done_by_id) for row in rows} == {(at, None), (None, None)}


async def test_taking_and_ending(house: House) -> None:
    task = await opened(house)
    async with house.browser() as admin, house.browser() as other:
        await admin.sign_in(house, "admin")
        await other.sign_in(house, "supervisor")
        take, done = f"/api/tasks/{task}/take", f"/api/tasks/{task}/done"
        assert await code_of(admin, take, {"owner": ""}) == ""
        assert await code_of(other, take, {"owner": ""}) == "task_taken"
        assert await code_of(other, done, {"outcome": "磁盘已更换"}) == "task_taken"
        (item,) = (await listed(other))["items"]
        assert item["owner"] == {"id": house.people["admin"].id, "name": "某admin"}
        # Whoever sees whose it is may take it over.
        assert await code_of(other, take, {"owner": item["owner"]["id"]}) == ""
        assert await code_of(admin, done, {"outcome": "磁盘已更换"}) == "task_taken"
        assert await code_of(other, done, {"outcome": " "}) == "bad_message"
        assert await code_of(other, done, {"outcome": "磁盘已更换"}) == ""
        assert await code_of(other, done, {"outcome": "磁盘已更换"}) == "task_done"
        assert (await listed(admin))["items"] == []
        (item,) = (await listed(admin, "state=done"))["items"]
    assert (item["done_by"], item["outcome"]) == ("某supervisor", "磁盘已更换")
    async with house.db.read() as read:
        words = (await read.scalars(select(Audit).where(Audit.subject == task))).all()
    assert sorted(one.action for one in words) == ["task_done", "task_taken", "task_taken"]
    assert all("磁盘" not in str(one.detail) for one in words)


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if not KINDS[kind].by_hand])
async def test_what_waits_for_a_deed_is_not_ended_by_a_word(
    small_house: House, browser: Browser, kind: TaskKind
) -> None:
    task = await opened(small_house, kind)
    await browser.sign_in(small_house, "admin")
    path = f"/api/tasks/{task}/done"
    assert await code_of(browser, path, {"outcome": "好"}) == "task_not_by_hand"


async def test_pages_kinds_and_order(house: House) -> None:
    for number in range(PAGE + 3):
        await opened(house, subject=f"{number:032x}")
        house.clock.forward(minutes=1)
    await opened(house, TaskKind.TERMINAL_FAULT, "d" * 32)
    async with house.browser() as admin:
        await admin.sign_in(house, "supervisor")
        first = await listed(admin)
        assert (first["total"], len(first["items"])) == (PAGE + 4, PAGE)
        assert first["items"][0]["subject"] == f"{0:032x}"  # the oldest has waited longest
        assert len((await listed(admin, "page=2"))["items"]) == 4
        (fault,) = (await listed(admin, "kind=terminal_fault"))["items"]
        assert (fault["subject"], fault["number"]) == ("d" * 32, None)


async def test_what_is_asked_wrongly_is_refused(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    for query in ("state=x", "kind=x", "page=0", "page=x"):
        assert (await browser.get(f"/api/tasks?{query}")).status == 400
    for thing in ("0" * 32, "x", "..%2f.."):
        assert (await browser.post(f"/api/tasks/{thing}/take", {"owner": ""})).status == 404
        assert (await browser.post(f"/api/tasks/{thing}/done", {"outcome": "x"})).status == 404


async def test_lawyers_have_no_tasks(small_house: House, browser: Browser) -> None:
    task = await opened(small_house)
    await browser.sign_in(small_house, "lawyer")
    assert (await browser.get("/admin/tasks")).status == 403
    assert (await browser.get("/api/tasks")).status == 403
    assert (await browser.post(f"/api/tasks/{task}/take", {"owner": ""})).status == 403
    assert (await browser.post(f"/api/tasks/{task}/done", {"outcome": "x"})).status == 403


async def test_open_tasks_are_a_figure(house: House) -> None:
    await opened(house)
    await opened(house, subject="6" * 32)
    async with house.browser() as browser:
        text = await (await browser.get("/metrics")).text()
    assert 'yuntiao_tasks_open{kind="proof_failed"} 2.0' in text
    assert 'yuntiao_tasks_open{kind="terminal_fault"} 0.0' in text
