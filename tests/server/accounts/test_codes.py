"""One-time codes: set up, asked, used once, on paper, required."""

import asyncio
from collections.abc import Sequence

import pyotp
import pytest
from sqlalchemy import select

from server.accounts.factors import CodeNeeded, WrongOneTimeCode
from server.accounts.policy import Policy, SecondFactorRule
from server.accounts.service import NewLogin, Visitor
from server.accounts.throttle import TooManyTries
from server.audit.actions import AuditAction
from server.storage.engine import Database
from server.storage.schema import Audit, RecoveryCode
from server.web.principal import Owed
from signaling.errors import Conflict, NotAllowed
from signaling.rights import Role
from tests.server.house import PASSWORD, Browser, House, new_house

HERE, THERE = Visitor("192.0.2.1"), Visitor("198.51.100.7")
REQUIRED = Policy(SecondFactorRule.REQUIRED)


def code_at(house: House, secret: str, seconds: float = 0) -> str:
    return pyotp.TOTP(secret).at(int(house.clock.now.timestamp() + seconds))


async def enrol(house: House, username: str = "lawyer") -> tuple[str, Sequence[str]]:
    """Set codes up, wait until the confirming code is history; the secret, the codes on paper."""
    person = house.people[username]
    made = await house.factors.begin(person.id, person.role, username)
    paper = await house.factors.confirm(person.id, code_at(house, made.secret), "192.0.2.1")
    house.clock.forward(seconds=90)
    return made.secret, paper


async def sign_in(house: House, code: str, visitor: Visitor = HERE) -> NewLogin:
    return await house.accounts.sign_in("lawyer", PASSWORD, visitor, code)


async def test_code_is_asked_once_set_up(house: House) -> None:
    await sign_in(house, "")
    secret, _ = await enrol(house)
    with pytest.raises(CodeNeeded):
        await sign_in(house, "")
    login = await sign_in(house, code_at(house, secret))
    assert await house.accounts.principal_of({"yuntiao": login.token})


@pytest.mark.parametrize("seconds", [-30, 0, 30])
async def test_phones_clock_may_be_a_little_off(house: House, seconds: int) -> None:
    secret, _ = await enrol(house)
    await sign_in(house, code_at(house, secret, seconds))


@pytest.mark.parametrize("seconds", [-90, -60, 60, 3600])
async def test_codes_of_other_times_are_refused(house: House, seconds: int) -> None:
    secret, _ = await enrol(house)
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, code_at(house, secret, seconds))


async def test_code_counts_once_and_so_does_every_one_before(house: House) -> None:
    secret, _ = await enrol(house)
    await sign_in(house, code_at(house, secret))
    for seconds in (0, -30):
        with pytest.raises(WrongOneTimeCode):
            await sign_in(house, code_at(house, secret, seconds))
    await sign_in(house, code_at(house, secret, 30))


async def test_code_that_confirmed_does_not_sign_in(house: House) -> None:
    person = house.people["lawyer"]
    made = await house.factors.begin(person.id, person.role, "lawyer")
    code = code_at(house, made.secret)
    await house.factors.confirm(person.id, code, "192.0.2.1")
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, code)


async def test_of_many_at_once_one_gets_in_with_a_code(house: House) -> None:
    secret, _ = await enrol(house)
    code = code_at(house, secret)
    tries = [sign_in(house, code, Visitor(f"192.0.2.{number}")) for number in range(6)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, NewLogin) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, WrongOneTimeCode) for outcome in outcomes) == 5


async def test_code_on_paper_works_once_however_it_is_typed(house: House) -> None:
    _, paper = await enrol(house)
    assert len(set(paper)) == 10
    await sign_in(house, paper[0].upper().replace("-", " "))
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, paper[0])
    await sign_in(house, paper[1])
    async with house.db.read() as read:
        kept = (await read.scalars(select(RecoveryCode.code_hash))).all()
    assert not {"".join(code.split("-")) for code in paper} & set(kept)


async def test_anothers_code_on_paper_is_refused(house: House) -> None:
    await enrol(house)
    _, paper = await enrol(house, "admin")
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, paper[0])


async def test_guessing_codes_waits_and_the_right_password_does_not_forgive(house: House) -> None:
    secret, _ = await enrol(house)
    for _ in range(5):
        with pytest.raises(WrongOneTimeCode):
            await sign_in(house, "000000")
        with pytest.raises(CodeNeeded):
            await sign_in(house, "")
    with pytest.raises(TooManyTries):
        await sign_in(house, code_at(house, secret))
    await sign_in(house, code_at(house, secret), THERE)


async def test_new_app_counts_only_when_confirmed(house: House) -> None:
    old, paper = await enrol(house)
    person = house.people["lawyer"]
    made = await house.factors.begin(person.id, person.role, "lawyer")
    with pytest.raises(WrongOneTimeCode):
        await house.factors.confirm(person.id, "000000", "192.0.2.1")
    await sign_in(house, code_at(house, old))
    await house.factors.confirm(person.id, code_at(house, made.secret), "192.0.2.1")
    house.clock.forward(seconds=90)
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, code_at(house, old))
    with pytest.raises(WrongOneTimeCode):
        await sign_in(house, paper[0])
    await sign_in(house, code_at(house, made.secret))
    with pytest.raises(Conflict):
        await house.factors.confirm(person.id, code_at(house, made.secret), "192.0.2.1")


async def test_removed_codes_are_not_asked(house: House) -> None:
    await enrol(house)
    await house.factors.remove(house.people["lawyer"].id)
    await sign_in(house, "")


async def test_mediators_have_their_terminal_instead(house: House) -> None:
    person = house.people["mediator"]
    with pytest.raises(NotAllowed):
        await house.factors.begin(person.id, person.role, "mediator")


async def test_audit_tells_what_happened_to_codes(house: House) -> None:
    _, paper = await enrol(house)
    await sign_in(house, paper[0])
    await house.factors.remove(house.people["lawyer"].id)
    async with house.db.read() as read:
        actions = set(await read.scalars(select(Audit.action)))
    assert {
        AuditAction.SECOND_FACTOR_SET,
        AuditAction.RECOVERY_CODE_USED,
        AuditAction.SECOND_FACTOR_REMOVED,
    } <= actions


async def test_off_asks_nobody(small: Database) -> None:
    house = new_house(small, Policy(SecondFactorRule.OPTIONAL))
    await house.fill()
    await enrol(house)
    off = new_house(small, Policy(SecondFactorRule.OFF))
    await off.accounts.sign_in("lawyer", PASSWORD, HERE)


@pytest.mark.parametrize("username", ["lawyer", "admin", "supervisor"])
async def test_where_required_nothing_opens_before(small: Database, username: str) -> None:
    house = new_house(small, REQUIRED)
    await house.fill()
    async with house.browser() as browser:
        await browser.sign_in(house, username)
        page = "/desk" if username == "lawyer" else "/admin/audit"
        assert (await browser.get(page)).headers["Location"] == "/account"
        if username != "lawyer":
            refused = await browser.get("/api/audit")
            assert (refused.status, (await refused.json())["code"]) == (403, "settle_account_first")
        principal = await house.accounts.principal_of(browser.cookies())
        assert principal is not None
        assert principal.owes is Owed.SECOND_FACTOR
        await set_up_in(browser, house)
        principal = await house.accounts.principal_of(browser.cookies())
        assert principal is not None
        assert principal.owes is None


async def set_up_in(browser: Browser, house: House) -> None:
    """Set codes up as the account's page does, and fail to take them away again."""
    made = await (await browser.post("/api/account/codes", {"password": ""})).json()
    assert made["picture"].startswith("data:image/svg+xml")
    confirmed = await browser.post(
        "/api/account/codes/confirm", {"code": code_at(house, made["secret"])}
    )
    assert len((await confirmed.json())["codes"]) == 10
    removed = await browser.post("/api/account/codes/remove", {"password": PASSWORD})
    assert (removed.status, (await removed.json())["code"]) == (403, "codes_required")


async def test_mediators_owe_no_codes(small: Database) -> None:
    house = new_house(small, REQUIRED)
    await house.fill()
    async with house.browser() as browser:
        await browser.enrol(house)
        assert (await browser.sign_in_at_terminal(house, "mediator")).status == 200
        assert 'id="boot"' in await (await browser.get("/terminal")).text()


async def test_replacing_an_app_needs_the_password(small_house: House, browser: Browser) -> None:
    await browser.sign_in(small_house, "lawyer")
    await enrol(small_house)
    wrong = await browser.post("/api/account/codes", {"password": ""})
    assert (wrong.status, (await wrong.json())["code"]) == (422, "wrong_own_password")
    assert (await browser.post("/api/account/codes", {"password": PASSWORD})).status == 201


def test_every_desk_role_may_have_codes() -> None:
    offered = {role for role in Role if Policy().offers_codes(role)}
    assert offered == {Role.LAWYER, Role.ADMIN, Role.SUPERVISOR}
