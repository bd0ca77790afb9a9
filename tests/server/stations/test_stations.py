"""The admin's stations: what is listed, and what the admin does there."""

from typing import Any

import pytest

from server.storage.schema import Village
from tests.server.house import Browser, House


async def listed(browser: Browser) -> dict[str, dict[str, Any]]:
    answer = await browser.get("/api/stations")
    assert answer.status == 200
    return {one["code"]: one for one in (await answer.json())["items"]}


async def test_list_on_both_databases(house: House) -> None:
    async with house.db.write() as write:
        write.add(Village(station_id=house.stations["A"].id, code="V1", name="某村"))
    async with house.browser() as terminal, house.browser() as admin:
        await terminal.enrol(house, "A")
        await terminal.sign_in_at_terminal(house, "mediator")
        await admin.sign_in(house, "admin")
        found = await listed(admin)
    assert found["A"]["villages"] == 1
    assert found["A"]["mediators"] == ["某mediator"]
    assert found["B"]["mediators"] == ["某elsewhere"]
    assert found["B"]["terminals"] == []
    (one,) = found["A"]["terminals"]
    assert one["signed_in"] == "某mediator"
    assert one["enrolled_at"] == int(house.clock.now.timestamp() * 1000)


async def test_terminal_nobody_is_signed_in_at(small_house: House, browser: Browser) -> None:
    async with small_house.browser() as terminal:
        await terminal.enrol(small_house, "A")
        await terminal.sign_in_at_terminal(small_house, "mediator")
    small_house.clock.forward(days=1)
    await browser.sign_in(small_house, "admin")
    (one,) = (await listed(browser))["A"]["terminals"]
    assert one["signed_in"] is None


async def test_admin_makes_a_code_that_enrols(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    answer = await browser.post(f"/api/stations/{small_house.stations['B'].id}/enrolments")
    assert answer.status == 201
    made = await answer.json()
    assert made["until"] == int(small_house.clock.now.timestamp() * 1000) + 30 * 60 * 1000
    async with small_house.browser() as terminal:
        assert (await terminal.post("/api/terminal/enrol", {"code": made["code"]})).status == 200
        assert (await terminal.sign_in_at_terminal(small_house, "elsewhere")).status == 200


async def test_admin_revokes_a_terminal(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    async with small_house.browser() as terminal:
        await terminal.enrol(small_house, "A")
        (one,) = (await listed(browser))["A"]["terminals"]
        assert (await browser.delete(f"/api/terminals/{one['id']}")).status == 204
        assert "登记这台终端" in await (await terminal.get("/terminal")).text()
    assert (await browser.delete(f"/api/terminals/{one['id']}")).status == 404
    assert (await listed(browser))["A"]["terminals"] == []


@pytest.mark.parametrize("thing", ["0" * 32, "x", "..%2f..", "%00", "0" * 33])
async def test_unknown_things_are_404(small_house: House, browser: Browser, thing: str) -> None:
    await browser.sign_in(small_house, "admin")
    assert (await browser.post(f"/api/stations/{thing}/enrolments")).status == 404
    assert (await browser.delete(f"/api/terminals/{thing}")).status == 404


@pytest.mark.parametrize("username", ["lawyer", "supervisor"])
async def test_others_may_not(small_house: House, browser: Browser, username: str) -> None:
    await browser.sign_in(small_house, username)
    station = small_house.stations["A"].id
    assert (await browser.get("/api/stations")).status == 403
    assert (await browser.post(f"/api/stations/{station}/enrolments")).status == 403
    assert (await browser.delete(f"/api/terminals/{'0' * 32}")).status == 403
