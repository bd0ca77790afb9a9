"""Terminals check in and test themselves; the wall says how they are; faults become tasks."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from server.health.parts import OUTCOMES, Part
from server.health.routes import Pages, routes
from server.health.service import TESTS_AN_HOUR, Health
from server.storage.schema import SelfTest, Task
from server.web.routes import Route
from tests.server.house import FROM_US, Browser, House

GOOD = {part.value: "ok" for part in Part}


async def no_line(_who: str, _sdp: str) -> str:
    return "v=0"


def health(house: House) -> Health:
    return Health(house.db, house.clock, lambda _who, _now: [], no_line)


def all_routes(house: House) -> list[Route]:
    return [*house.routes(), *routes(Pages(health(house), house.terminals.terminal_of))]


def finished(**codes: str) -> dict[str, Any]:
    """A self-test in which every part is well but those named."""
    parts = [{"part": part, "code": code} for part, code in (GOOD | codes).items()]
    return {"started_by": "morning", "parts": parts}


async def send(terminal: Browser, test: object) -> dict[str, Any]:
    answer = await terminal.client.post("/api/terminal/self-tests", json=test, headers=FROM_US)
    body: dict[str, Any] = await answer.json()
    return body | {"status": answer.status}


async def check_in(terminal: Browser) -> dict[str, Any]:
    answer = await terminal.client.post("/api/terminal/check-in", json={}, headers=FROM_US)
    body: dict[str, Any] = await answer.json()
    return body


async def tile(house: House, code: str = "A") -> dict[str, Any]:
    return next(one for one in await health(house).wall() if one["code"] == code)


async def faults(house: House) -> list[Task]:
    async with house.db.read() as read:
        return list(await read.scalars(select(Task).where(Task.done_at.is_(None))))


async def test_wall_follows_a_terminals_day(house: House) -> None:
    assert (await tile(house))["words"] == "还没有登记终端"
    async with house.browser(all_routes(house)) as terminal:
        await terminal.enrol(house, "A")
        assert (await tile(house))["light"] == "off"
        assert (await check_in(terminal))["tested_today"] is False
        assert await words(house) == ("warn", "还没有做过自检")
        assert (await send(terminal, finished()))["worst"] == "good"
        assert await words(house) == ("good", "一切正常")
        assert (await check_in(terminal))["tested_today"] is True
        house.clock.forward(minutes=4)
        assert await words(house) == ("off", "现在没有开机")
        house.clock.forward(days=1)
        assert (await check_in(terminal))["tested_today"] is False
        assert await words(house) == ("warn", "今天还没有自检")
        await send(terminal, finished(speaker="unheard"))
        assert await words(house) == ("warn", "麦克风没有听到扬声器的声音，请检查音量和插头")
        assert (await tile(house, "B"))["light"] == "off"


async def words(house: House) -> tuple[str, str]:
    one = await tile(house)
    return one["light"], one["words"]


async def test_a_fault_is_one_task_until_every_terminal_is_well(house: House) -> None:
    station = house.stations["A"].id
    async with house.browser(all_routes(house)) as one, house.browser(all_routes(house)) as other:
        for terminal in (one, other):
            await terminal.enrol(house, "A")
            house.clock.forward(seconds=1)
            await send(terminal, finished(relay="unreachable", speaker="unheard"))
        (task,) = await faults(house)
        assert task.subject == station
        assert task.detail["text"].startswith("连不上音视频线路")
        assert (await tile(house))["task"] == ""
        house.clock.forward(seconds=1)
        await send(one, finished())
        assert len(await faults(house)) == 1
        house.clock.forward(seconds=1)
        await send(other, finished(storage="low"))
        assert await faults(house) == []
        assert (await tile(house))["task"] is None


async def test_history_keeps_the_tests_of_terminals_that_are_gone(house: House) -> None:
    async with house.browser(all_routes(house)) as terminal, house.browser(all_routes(house)) as up:
        await terminal.enrol(house, "A")
        await send(terminal, finished(camera="missing"))
        house.clock.forward(hours=2)
        await send(terminal, finished())
        device = (await tile(house))["terminals"][0]["id"]
        await house.terminals.revoke(device, None)
        await up.sign_in(house, "supervisor")
        answer = await up.get(f"/api/health/{house.stations['A'].id}")
        body = await answer.json()
        assert [one["worst"] for one in body["tests"]] == ["good", "bad"]
        assert body["tests"][0]["terminal"]["revoked"] is True
        assert body["terminals"] == []
        assert (await up.get(f"/api/health/{'0' * 32}")).status == 404


@pytest.mark.parametrize(
    "test",
    [
        {},
        finished() | {"started_by": "somebody"},
        finished(camera="burning"),
        {"started_by": "button", "parts": finished()["parts"][:-1]},
        {"started_by": "button", "parts": [finished()["parts"][0]] * len(Part)},
        {"started_by": "button", "parts": [*finished()["parts"], finished()["parts"][0]]},
        {
            "started_by": "button",
            "parts": [{"part": p.value, "code": "ok", "value": 1e300} for p in Part],
        },
    ],
)
async def test_nonsense_is_refused(small_house: House, test: object) -> None:
    async with small_house.browser(all_routes(small_house)) as terminal:
        await terminal.enrol(small_house, "A")
        assert (await send(terminal, test))["status"] == 400
        async with small_house.db.read() as read:
            assert (await read.scalars(select(SelfTest))).all() == []


async def test_a_terminal_that_tests_without_end_is_stopped(small_house: House) -> None:
    async with small_house.browser(all_routes(small_house)) as terminal:
        await terminal.enrol(small_house, "A")
        for _ in range(TESTS_AN_HOUR):
            assert (await send(terminal, finished()))["status"] == 201
        assert (await send(terminal, finished()))["code"] == "too_many_requests"
        small_house.clock.forward(hours=1, seconds=1)
        assert (await send(terminal, finished()))["status"] == 201


@pytest.mark.parametrize("path", ["check-in", "line", "self-tests"])
async def test_only_a_terminal_speaks_for_itself(small_house: House, path: str) -> None:
    bodies = {"check-in": {}, "line": {"sdp": "v=0"}, "self-tests": finished()}

    async def status(client: TestClient[Any, Any], headers: dict[str, str]) -> int:
        url = f"/api/terminal/{path}"
        return (await client.post(url, json=bodies[path], headers=headers)).status

    async with small_house.browser(all_routes(small_house)) as terminal:
        assert await status(terminal.client, FROM_US) == 403
        await terminal.sign_in(small_house, "admin")
        assert await status(terminal.client, FROM_US) == 403
        await terminal.enrol(small_house, "A")
        assert await status(terminal.client, FROM_US) in (200, 201)
        assert await status(terminal.client, FROM_US | {"Origin": "http://evil.test"}) == 403
        device = (await tile(small_house))["terminals"][0]["id"]
        await small_house.terminals.revoke(device, None)
        assert await status(terminal.client, FROM_US) == 403


async def test_open_pages_count_as_being_switched_on(small_house: House) -> None:
    async with small_house.browser(all_routes(small_house)) as terminal:
        await terminal.enrol(small_house, "A")
    device = (await tile(small_house))["terminals"][0]["id"]
    await health(small_house).seen([device])
    assert (await tile(small_house))["terminals"][0]["here"] is True
    small_house.clock.now += timedelta(minutes=5)
    assert (await tile(small_house))["terminals"][0]["here"] is False


def test_every_part_can_be_well_and_every_outcome_is_said() -> None:
    assert {part for part, code in OUTCOMES if code == "ok"} == set(Part)
    assert all(words.format(value="1", name="") for _, words in OUTCOMES.values())
