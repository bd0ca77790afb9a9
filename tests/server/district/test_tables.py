"""Stations, villages and texts row by row, over the API that the admin's pages use."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.audit.actions import AuditAction
from server.district.repository import notice_in_force
from server.district.tables import Tables
from server.district.tables_routes import TablesPages, routes
from server.storage.schema import Audit, NoticeText, Station, Village
from tests.server.house import FROM_US, START, Browser, House

TEXT = {"version": "2", "title": "告知书", "body": "一、…", "in_force_from": "2026-12-01"}


def tables(house: House) -> Tables:
    return Tables(house.db, house.clock)


@pytest.fixture
async def admin(house: House) -> AsyncIterator[Browser]:
    async with house.browser([*house.routes(), *routes(TablesPages(tables(house)))]) as browser:
        await browser.sign_in(house, "admin")
        yield browser


async def put(browser: Browser, path: str, body: object) -> tuple[int, Any]:
    headers = {**FROM_US, "X-CSRF-Token": browser.csrf}
    answer = await browser.client.put(path, json=body, headers=headers)
    return answer.status, await answer.json() if answer.content_length else None


async def audited(house: House) -> list[str]:
    async with house.db.read() as read:
        actions = list(await read.scalars(select(Audit.action).order_by(Audit.at)))
    return [one for one in actions if one not in {"sign_in", "terminal_code_made"}]


async def test_a_station_is_called_otherwise_and_keeps_its_code(
    house: House, admin: Browser
) -> None:
    station = house.stations["A"].id
    facts = {"name": "新名工作站", "town": "新镇", "phone": "0374-1"}
    assert (await put(admin, f"/api/stations/{station}", facts))[0] == 204
    async with house.db.read() as read:
        kept = await read.get_one(Station, station)
    assert (kept.code, kept.name, kept.town, kept.centre) == ("A", "新名工作站", "新镇", False)
    assert await audited(house) == [AuditAction.STATION_CHANGED]
    status, said = await put(admin, f"/api/stations/{station}", facts | {"phone": "打电话"})
    assert (status, said["code"]) == (422, "wrong_field")
    assert said["message"].startswith("电话：")
    assert (await put(admin, f"/api/stations/{'0' * 32}", facts))[0] == 404


async def test_a_village_comes_and_changes_its_station(house: House, admin: Browser) -> None:
    new = {"code": "V1", "name": "白槐村", "station": "A"}
    assert (await admin.post("/api/villages", new)).status == 204
    again = await admin.post("/api/villages", new | {"name": "别的村"})
    assert (again.status, (await again.json())["code"]) == (409, "code_taken")
    assert (await admin.post("/api/villages", new | {"code": "V2", "station": "Z"})).status == 422
    (row,) = await tables(house).villages()
    path = f"/api/villages/{row.village.id}"
    assert (await put(admin, path, {"name": "白槐社区", "station": "B"}))[0] == 204
    listed = (await (await admin.get("/api/villages")).json())["items"]
    assert [(one["code"], one["name"], one["station"]["code"]) for one in listed] == [
        ("V1", "白槐社区", "B")
    ]
    assert await audited(house) == [AuditAction.VILLAGE_ADDED, AuditAction.VILLAGE_CHANGED]
    async with house.db.read() as read:
        assert len((await read.scalars(select(Village))).all()) == 1


async def test_a_text_holds_from_its_day_and_older_ones_stay(house: House, admin: Browser) -> None:
    assert (await admin.post("/api/texts", TEXT)).status == 204
    assert [one["state"] for one in await tables(house).texts()] == ["coming", "in_force"]
    async with house.db.read() as read:
        now = await notice_in_force(read, START.date())
        then = await notice_in_force(read, START.date() + timedelta(days=20))
    assert (now and now.version, then and then.version) == ("1", "2")
    house.clock.forward(days=20)
    found = await tables(house).texts()
    assert [(one["version"], one["state"]) for one in found] == [("2", "in_force"), ("1", "past")]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"version": "1"}, 409),
        ({"version": ""}, 422),
        ({"version": "第二版"}, 422),
        ({"in_force_from": "2026-11-22"}, 422),
        ({"in_force_from": "soon"}, 422),
        ({"body": ""}, 422),
        ({"body": "字" * 20_001}, 400),
        ({"author": "x"}, 400),
    ],
)
async def test_what_was_agreed_to_is_never_rewritten(
    house: House, admin: Browser, change: dict[str, Any], status: int
) -> None:
    assert (await admin.post("/api/texts", TEXT | change)).status == status
    async with house.db.read() as read:
        (kept,) = await read.scalars(select(NoticeText))
    assert (kept.version, kept.body) == ("1", "…")
    assert await audited(house) == []


async def test_a_terminal_has_a_name_until_it_is_revoked(house: House, admin: Browser) -> None:
    async with house.browser() as terminal:
        await terminal.enrol(house, "A")
    (station, _) = (await (await admin.get("/api/stations")).json())["items"]
    (one,) = station["terminals"]
    assert (one["name"], one["seen_at"]) == ("", None)
    path = f"/api/terminals/{one['id']}"
    assert (await put(admin, path, {"name": "一号调解室"}))[0] == 204
    assert (await put(admin, path, {"name": "字" * 41}))[0] == 400
    (station, _) = (await (await admin.get("/api/stations")).json())["items"]
    assert station["terminals"][0]["name"] == "一号调解室"
    await admin.delete(path)
    assert (await put(admin, path, {"name": "不在了"}))[0] == 404
