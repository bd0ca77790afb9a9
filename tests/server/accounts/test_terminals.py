"""Terminals: one code, one device, one station."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.accounts.service import Terminal, Visitor, WrongPassword, end_of_day
from server.accounts.terminals import WrongCode
from server.accounts.throttle import TooManyTries
from server.accounts.tokens import new_code, plain_code
from server.audit.actions import AuditAction
from server.storage.schema import Audit, Device, Enrolment, Login
from signaling.errors import NotFound
from tests.server.house import PASSWORD, House

HERE, THERE = "192.0.2.1", "198.51.100.7"


async def enrolled(house: House, station: str = "A") -> tuple[str, Terminal]:
    code = await house.terminals.make_code_for(station)
    key = await house.terminals.enrol(code.text, HERE, {})
    terminal = await house.terminals.terminal_of({"yuntiao-terminal": key})
    assert terminal is not None
    return key, terminal


def test_codes_look_like_codes() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 9 and code[4] == "-" for code in codes)
    assert plain_code(" 1234－5678 ") == "12345678"


async def test_code_makes_a_device_of_its_station(house: House) -> None:
    key, terminal = await enrolled(house, "B")
    assert terminal.station_id == house.stations["B"].id
    async with house.db.read() as read:
        device = await read.get_one(Device, terminal.device_id)
    assert device.key_hash != key
    assert device.enrolled_at == house.clock.now


async def test_code_works_once(house: House) -> None:
    code = await house.terminals.make_code_for("A")
    await house.terminals.enrol(code.text, HERE, {})
    with pytest.raises(WrongCode):
        await house.terminals.enrol(code.text, HERE, {})


async def test_of_many_at_once_one_gets_the_device(house: House) -> None:
    code = await house.terminals.make_code_for("A")
    tries = [house.terminals.enrol(code.text, f"192.0.2.{n}", {}) for n in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WrongCode) for outcome in outcomes) == 7


async def test_code_ends_after_thirty_minutes(house: House) -> None:
    code = await house.terminals.make_code_for("A")
    assert code.expires_at - house.clock.now == timedelta(minutes=30)
    house.clock.forward(minutes=30)
    with pytest.raises(WrongCode):
        await house.terminals.enrol(code.text, HERE, {})


async def test_old_codes_are_cleared_away(house: House) -> None:
    await house.terminals.make_code_for("A")
    house.clock.forward(hours=1)
    await house.terminals.make_code_for("A")
    async with house.db.read() as read:
        assert len((await read.scalars(select(Enrolment))).all()) == 1


@pytest.mark.parametrize("typed", ["", "0", "x" * 20, "0000-0000", "' OR 1=1 --"])
async def test_wrong_codes_are_refused(house: House, typed: str) -> None:
    with pytest.raises(WrongCode):
        await house.terminals.enrol(typed, HERE, {})


async def test_guessing_codes_is_slowed_down_per_address(house: House) -> None:
    for _ in range(8):
        with pytest.raises(WrongCode):
            await house.terminals.enrol("0000-0000", HERE, {})
    code = await house.terminals.make_code_for("A")
    with pytest.raises(TooManyTries):
        await house.terminals.enrol(code.text, HERE, {})
    assert await house.terminals.enrol(code.text, THERE, {})


async def test_unknown_station_has_no_code(house: House) -> None:
    with pytest.raises(NotFound):
        await house.terminals.make_code_for("C")
    with pytest.raises(NotFound):
        await house.terminals.make_code("0" * 32, None)


async def test_mediator_signs_in_until_the_end_of_the_day(house: House) -> None:
    _, terminal = await enrolled(house)
    mediator = house.people["mediator"]
    login = await house.accounts.sign_in_at(terminal, mediator.id, PASSWORD, Visitor(HERE))
    cookies = {"yuntiao": login.token}
    principal = await house.accounts.principal_of(cookies)
    assert principal is not None
    assert principal.device_id == terminal.device_id
    assert principal.station_id == house.stations["A"].id
    house.clock.now = end_of_day(house.clock.now) - timedelta(seconds=1)
    assert await house.accounts.principal_of(cookies) is not None
    house.clock.forward(seconds=1)
    assert await house.accounts.principal_of(cookies) is None


async def test_one_person_sits_at_a_terminal(house: House) -> None:
    _, terminal = await enrolled(house)
    mediator = house.people["mediator"]
    before = await house.accounts.sign_in_at(terminal, mediator.id, PASSWORD, Visitor(HERE))
    after = await house.accounts.sign_in_at(terminal, mediator.id, PASSWORD, Visitor(HERE))
    assert await house.accounts.principal_of({"yuntiao": before.token}) is None
    assert await house.accounts.principal_of({"yuntiao": after.token}) is not None


@pytest.mark.parametrize("username", ["elsewhere", "lawyer", "admin"])
async def test_only_the_stations_own_mediators_sign_in_there(house: House, username: str) -> None:
    _, terminal = await enrolled(house)
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in_at(
            terminal, house.people[username].id, PASSWORD, Visitor(HERE)
        )


async def test_wrong_password_at_a_terminal(house: House) -> None:
    _, terminal = await enrolled(house)
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in_at(
            terminal, house.people["mediator"].id, "wrong", Visitor(HERE)
        )


async def test_terminal_shows_its_own_mediators(house: House) -> None:
    _, terminal = await enrolled(house)
    assert [one.username for one in await house.terminals.mediators(terminal)] == ["mediator"]


async def test_revoking_ends_the_device_and_its_logins(house: House) -> None:
    key, terminal = await enrolled(house)
    mediator = house.people["mediator"]
    login = await house.accounts.sign_in_at(terminal, mediator.id, PASSWORD, Visitor(HERE))
    await house.terminals.revoke(terminal.device_id, house.people["admin"].id)
    assert await house.terminals.terminal_of({"yuntiao-terminal": key}) is None
    assert await house.accounts.principal_of({"yuntiao": login.token}) is None
    async with house.db.read() as read:
        assert (await read.scalars(select(Login))).all() == []
    with pytest.raises(NotFound):
        await house.terminals.revoke(terminal.device_id, None)


async def test_browser_that_enrols_again_is_one_device(house: House) -> None:
    key, before = await enrolled(house, "A")
    code = await house.terminals.make_code_for("B")
    new_key = await house.terminals.enrol(code.text, HERE, {"yuntiao-terminal": key})
    after = await house.terminals.terminal_of({"yuntiao-terminal": new_key})
    assert after is not None
    assert after.station_id == house.stations["B"].id
    async with house.db.read() as read:
        assert (await read.get_one(Device, before.device_id)).revoked_at == house.clock.now


async def test_audit_names_who_made_and_who_revoked(house: House) -> None:
    admin = house.people["admin"].id
    code = await house.terminals.make_code(house.stations["A"].id, admin)
    key = await house.terminals.enrol(code.text, HERE, {})
    terminal = await house.terminals.terminal_of({"yuntiao-terminal": key})
    assert terminal is not None
    await house.terminals.revoke(terminal.device_id, admin)
    async with house.db.read() as read:
        entries = (await read.scalars(select(Audit))).all()
    assert {(one.action, one.actor_id, one.subject) for one in entries} == {
        (AuditAction.TERMINAL_CODE_MADE, admin, house.stations["A"].id),
        (AuditAction.TERMINAL_ENROLLED, admin, terminal.device_id),
        (AuditAction.TERMINAL_REVOKED, admin, terminal.device_id),
    }
