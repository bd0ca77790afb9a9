"""People one by one, and what an admin does with their accounts."""

from typing import Any

import pytest
from sqlalchemy import select

from server.accounts.service import Visitor, WrongPassword
from server.accounts.upkeep import NotOneself
from server.audit.actions import AuditAction
from server.district.people import UsernameTaken, WrongField
from server.storage.schema import Account, Audit
from server.web.principal import Principal
from signaling.errors import NotFound
from signaling.rights import Role
from tests.server.accounts.test_codes import enrol
from tests.server.house import PASSWORD, Browser, House

HERE = Visitor("192.0.2.1")
LAWYER = {
    "username": "newcomer",
    "name": "某新人",
    "role": "lawyer",
    "station": "",
    "firm": "某律师事务所",
    "licence_no": "13701",
    "phone": "0531-1234567",
}
NOBODY = "0" * 32


def admin(house: House) -> str:
    return house.people["admin"].id


async def account(house: House, username: str) -> Account:
    async with house.db.read() as read:
        found = await read.scalar(select(Account).where(Account.username == username))
    assert found is not None
    return found


async def signed_in(house: House, username: str) -> Principal:
    login = await house.accounts.sign_in(username, PASSWORD, HERE)
    principal = await house.accounts.principal_of({"yuntiao": login.token})
    assert principal is not None
    return principal


async def test_newcomer_signs_in_with_the_password_shown_once(house: House) -> None:
    made = await house.people_of_the_district.add(LAWYER, admin(house))
    await house.accounts.sign_in("newcomer", made.password, HERE)
    kept = await account(house, "newcomer")
    assert (kept.role, kept.firm, kept.first_password, kept.demo) == (
        Role.LAWYER,
        "某律师事务所",
        True,
        False,
    )


async def test_user_names_are_unique_in_either_case(house: House) -> None:
    with pytest.raises(UsernameTaken):
        await house.people_of_the_district.add(LAWYER | {"username": " Lawyer "}, admin(house))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"username": "某人"}, "用户名：只能用英文字母"),
        ({"name": ""}, "姓名：不能为空"),
        ({"role": "party"}, "角色：请填"),
        ({"firm": ""}, "律师事务所：律师必须写明"),
        ({"phone": "call me"}, "电话：不是电话号码"),
        ({"role": "mediator"}, "工作站：调解员必须写明"),
        ({"station": "Z"}, "工作站：没有编号为 Z"),
    ],
)
async def test_the_rules_are_those_of_the_file(
    house: House, wrong: dict[str, str], says: str
) -> None:
    with pytest.raises(WrongField) as refused:
        await house.people_of_the_district.add(LAWYER | wrong, admin(house))
    assert refused.value.message.startswith(says)
    async with house.db.read() as read:
        assert len((await read.scalars(select(Account))).all()) == len(house.people)


async def test_change_keeps_what_is_not_asked(house: House) -> None:
    cells = {"name": "某改名", "station": "B", "firm": "", "licence_no": "", "phone": "110"}
    cells |= {"matters": "", "languages": "豫北话、手语"}
    await house.people_of_the_district.change(house.people["mediator"].id, cells, admin(house))
    kept = await account(house, "mediator")
    assert (kept.name, kept.phone, kept.role, kept.active) == ("某改名", "110", Role.MEDIATOR, True)
    assert kept.station_id == house.stations["B"].id
    assert kept.password_hash == house.people["mediator"].password_hash
    with pytest.raises(NotFound):
        await house.people_of_the_district.change(NOBODY, cells, admin(house))


async def test_disabled_is_out_at_once_and_enabled_starts_afresh(house: House) -> None:
    before = await signed_in(house, "lawyer")
    lawyer = house.people["lawyer"].id
    await house.upkeep.disable(lawyer, admin(house))
    assert await house.accounts.still_open([before.login_hash]) == set()
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    await house.upkeep.enable(lawyer, admin(house))
    assert await house.accounts.still_open([before.login_hash]) == set()
    await signed_in(house, "lawyer")


async def test_reset_password_ends_logins_and_the_old_one(house: House) -> None:
    before = await signed_in(house, "lawyer")
    password = await house.upkeep.reset_password(house.people["lawyer"].id, admin(house))
    assert await house.accounts.still_open([before.login_hash]) == set()
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    await house.accounts.sign_in("lawyer", password, HERE)
    assert (await account(house, "lawyer")).first_password


async def test_reset_codes_lets_in_without(house: House) -> None:
    await enrol(house)
    await house.upkeep.reset_codes(house.people["lawyer"].id, admin(house))
    await signed_in(house, "lawyer")
    with pytest.raises(NotFound):
        await house.upkeep.reset_codes(house.people["lawyer"].id, admin(house))


async def test_rescue_opens_whatever_is_shut(house: House) -> None:
    await enrol(house, "admin")
    await house.upkeep.disable(admin(house), house.people["lawyer"].id)
    password = await house.upkeep.rescue("ADMIN")
    await house.accounts.sign_in("admin", password, HERE)
    with pytest.raises(NotFound):
        await house.upkeep.rescue("nobody")


async def test_nobody_shuts_themselves_out(house: House) -> None:
    for deed in (house.upkeep.disable, house.upkeep.reset_password):
        with pytest.raises(NotOneself):
            await deed(admin(house), admin(house))


async def test_audit_names_the_admin_and_the_person(house: House) -> None:
    person = house.people["lawyer"].id
    await enrol(house)
    await house.upkeep.disable(person, admin(house))
    await house.upkeep.enable(person, admin(house))
    await house.upkeep.reset_password(person, admin(house))
    await house.upkeep.reset_codes(person, admin(house))
    await house.people_of_the_district.add(LAWYER, admin(house))
    newcomer = (await account(house, "newcomer")).id
    async with house.db.read() as read:
        entries = (await read.scalars(select(Audit).where(Audit.actor_id == admin(house)))).all()
    assert {(one.action, one.subject) for one in entries} == {
        (AuditAction.ACCOUNT_DISABLED, person),
        (AuditAction.ACCOUNT_ENABLED, person),
        (AuditAction.PASSWORD_RESET, person),
        (AuditAction.SECOND_FACTOR_RESET, person),
        (AuditAction.PERSON_ADDED, newcomer),
    }


async def items(browser: Browser) -> dict[str, dict[str, Any]]:
    answer = await (await browser.get("/api/people")).json()
    return {one["username"]: one for one in answer["items"]}


async def test_over_http(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "admin")
    assert "A工作站" in await (await browser.get("/admin/people")).text()
    made = await browser.post("/api/people", LAWYER)
    assert made.status == 201
    listed = await items(browser)
    assert listed["mediator"]["station"] == {"code": "A", "name": "A工作站"}
    assert listed["newcomer"]["first_password"] is True
    assert listed["newcomer"]["seen"] is None
    assert listed["admin"]["seen"] is not None
    path = f"/api/people/{listed['newcomer']['id']}"
    assert (await browser.post(f"{path}/disable")).status == 204
    assert (await items(browser))["newcomer"]["active"] is False
    assert (await browser.post(f"{path}/enable")).status == 204
    reset = await browser.post(f"{path}/password")
    assert reset.status == 201
    assert (await reset.json())["password"] != (await made.json())["password"]
    assert (await browser.delete(f"{path}/codes")).status == 404
    own = await browser.post(f"/api/people/{admin(small_house)}/disable")
    assert (own.status, (await own.json())["code"]) == (409, "not_oneself")
    assert (await browser.post("/api/people/nobody/disable")).status == 404
    assert (await browser.post(f"/api/people/{NOBODY}/disable")).status == 404
