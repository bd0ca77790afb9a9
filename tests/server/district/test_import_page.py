"""CSV in and out over HTTP: out and in again changes nothing, and a look changes nothing."""

from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientResponse
from sqlalchemy import func, select

from server.audit.actions import AuditAction
from server.district.columns import FILES
from server.storage.schema import Account, Audit, Matter, Village
from tests.server.house import FROM_US, Browser, House

VILLAGES = "code,station,name\nV1,A,某村\nV2,B,另一村\n"
PEOPLE = "username,name,role,station,active\nnew1,某甲,mediator,A,\nmediator,某改,mediator,B,\n"


@pytest.fixture
async def admin(small_house: House, browser: Browser) -> Browser:
    """An admin's browser."""
    await browser.sign_in(small_house, "admin")
    return browser


async def send(browser: Browser, path: str, content: str | bytes) -> ClientResponse:
    headers = {**FROM_US, "X-CSRF-Token": browser.csrf, "Content-Type": "text/csv"}
    raw = content.encode() if isinstance(content, str) else content
    return await browser.client.post(path, data=BytesIO(raw), headers=headers)


async def preview(browser: Browser, file: str, content: str | bytes) -> dict[str, Any]:
    answer = await send(browser, f"/api/import/{file}/preview", content)
    assert answer.status == 200, await answer.text()
    told: dict[str, Any] = await answer.json()
    return told


async def test_a_look_tells_and_writes_nothing(small_house: House, admin: Browser) -> None:
    told = await preview(admin, "people.csv", PEOPLE)
    assert (told["wrong"], told["rows"], told["added"], told["changed"]) == (0, 2, 1, 1)
    new, changed = told["changes"]
    assert (new["line"], new["key"], new["new"]) == (2, "new1", True)
    assert new["columns"]["station"] == ["", "A"]
    assert changed["columns"] == {"name": ["某mediator", "某改"], "station": ["A", "B"]}
    async with small_house.db.read() as read:
        kept = (await read.scalars(select(Account.name).order_by(Account.name))).all()
    assert "某甲" not in kept
    assert "某改" not in kept


async def test_import_writes_and_shows_first_passwords_once(
    small_house: House, admin: Browser
) -> None:
    answer = await (await send(admin, "/api/import/people.csv", PEOPLE)).json()
    (made,) = answer["accounts"]
    assert (made["username"], made["station"]) == ("new1", "A工作站")
    async with small_house.browser() as terminal:
        await terminal.enrol(small_house, "A")
        async with small_house.db.read() as read:
            new = await read.scalar(select(Account).where(Account.username == "new1"))
        assert new is not None
        body = {"account": new.id, "password": made["password"]}
        assert (await terminal.post("/api/terminal/sign-in", body)).status == 200
    again = await preview(admin, "people.csv", PEOPLE)
    assert again["changes"] == []


async def test_bad_rows_are_explained_and_nothing_is_written(
    small_house: House, admin: Browser
) -> None:
    content = "code,station,name\nV1,A,某村\nV2,Z,\nV1,A,重复\n"
    told = await preview(admin, "villages.csv", content)
    assert told["wrong"] == 2
    assert {(one["line"], one["column"]) for one in told["problems"]} == {(3, "name"), (4, "code")}
    refused = await send(admin, "/api/import/villages.csv", content)
    assert (refused.status, (await refused.json())["code"]) == (422, "import_refused")
    async with small_house.db.read() as read:
        assert await read.scalar(select(func.count()).select_from(Village)) == 0


@pytest.mark.parametrize("file", FILES)
async def test_out_and_in_again_changes_nothing(
    small_house: House, admin: Browser, file: str
) -> None:
    assert (await send(admin, "/api/import/villages.csv", VILLAGES)).status == 200
    async with small_house.db.write() as write:
        write.add(Matter(code="10", name="婚姻家庭", position=1))
        await write.flush()
        write.add(Matter(code="11", name="离婚", parent_code="10", position=2))
    answer = await admin.get(f"/api/export/{file}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
    content = (await answer.read()).decode("utf-8")
    assert content.startswith("\ufeff")
    # The lawyer of the small house has no firm, which import rightly refuses.
    content = "\n".join(line for line in content.splitlines() if not line.startswith("lawyer,"))
    told = await preview(admin, file, content)
    assert (told["wrong"], told["changes"]) == (0, [])
    assert told["rows"] > 0


async def test_export_is_an_entry(small_house: House, admin: Browser) -> None:
    await admin.get("/api/export/people.csv")
    async with small_house.db.read() as read:
        found = await read.scalar(select(Audit).where(Audit.action == AuditAction.DATA_EXPORTED))
    assert found is not None
    assert found.detail == {"file": "people.csv"}


@pytest.mark.parametrize("row", ["admin,某,admin,,no", "admin,某,supervisor,,"])
async def test_admin_does_not_import_themselves_away(admin: Browser, row: str) -> None:
    told = await preview(admin, "people.csv", f"username,name,role,station,active\n{row}\n")
    assert [one["column"] for one in told["problems"]] == ["username"]


async def test_odd_requests(admin: Browser) -> None:
    assert (await send(admin, "/api/import/passwd/preview", "x")).status == 404
    assert (await admin.get("/api/export/passwd")).status == 404
    assert (await send(admin, "/api/import/people.csv/preview", b"x" * 2_100_000)).status == 413
    crowd = "username,name,role\n" + "".join(f"n{n},某,admin\n" for n in range(2_001))
    refused = await send(admin, "/api/import/people.csv", crowd)
    assert (refused.status, (await refused.json())["code"]) == (422, "too_many_people")
    told = await preview(admin, "people.csv", b"\xff\xfe\x00")
    assert told["wrong"] == 1
    larger = "code,station,name\n" + "".join(f"N{n},A,某村\n" for n in range(15_000))
    assert (await preview(admin, "villages.csv", larger))["added"] == 15_000
