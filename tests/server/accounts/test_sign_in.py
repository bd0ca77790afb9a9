"""Signing in at a desk: what works, what is refused, and how long it lasts."""

import asyncio

import pytest
from sqlalchemy import func, select, update

from server.accounts.service import Visitor, WrongPassword, end_of_day
from server.accounts.throttle import TooManyTries
from server.accounts.tokens import digest
from server.audit.actions import AuditAction
from server.storage.schema import Account, Audit, Login, SignInFailure
from server.web.principal import Principal
from signaling.errors import NotAllowed
from tests.server.house import PASSWORD, House

HERE, THERE = Visitor("192.0.2.1"), Visitor("198.51.100.7")


async def who(house: House, token: str) -> Principal | None:
    return await house.accounts.principal_of({"yuntiao": token})


async def fail(house: House, times: int, username: str = "lawyer", address: Visitor = HERE) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            await house.accounts.sign_in(username, "wrong", address)


@pytest.mark.parametrize("username", ["lawyer", "admin", "supervisor", "LAWYER"])
async def test_desk_people_sign_in(house: House, username: str) -> None:
    login = await house.accounts.sign_in(username, PASSWORD, HERE)
    principal = await who(house, login.token)
    assert principal is not None
    assert principal.account_id == house.people[username.lower()].id
    assert principal.role is login.role
    assert principal.device_id is None


async def test_database_keeps_no_token(house: House) -> None:
    login = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    async with house.db.read() as read:
        (kept,) = (await read.scalars(select(Login))).all()
    assert kept.token_hash == digest(login.token)
    assert login.token not in (kept.token_hash, kept.csrf)


@pytest.mark.parametrize("username", ["lawyer", "nobody", "x" * 40])
async def test_wrong_password_and_unknown_name_are_one_answer(house: House, username: str) -> None:
    with pytest.raises(WrongPassword) as caught:
        await house.accounts.sign_in(username, "wrong", HERE)
    assert caught.value.code == "wrong_password"


async def test_unknown_name_costs_a_hash_too(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str | None] = []
    check = small_house.accounts._passwords.check

    async def watched(password: str, kept: str | None) -> bool:
        checked.append(kept)
        return await check(password, kept)

    monkeypatch.setattr(small_house.accounts._passwords, "check", watched)
    with pytest.raises(WrongPassword):
        await small_house.accounts.sign_in("nobody", PASSWORD, HERE)
    assert checked == [None]


async def test_mediators_sign_in_at_terminals_only(house: House) -> None:
    with pytest.raises(NotAllowed) as caught:
        await house.accounts.sign_in("mediator", PASSWORD, HERE)
    assert caught.value.code == "terminal_only"


async def test_switched_off_account_is_out_at_once(house: House) -> None:
    login = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    async with house.db.write() as write:
        await write.execute(
            update(Account).where(Account.username == "lawyer").values(active=False)
        )
    assert await who(house, login.token) is None
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)


async def test_login_rolls_while_used_and_ends_when_not(house: House) -> None:
    login = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    for _ in range(4):
        house.clock.forward(hours=11)
        assert await who(house, login.token) is not None
    house.clock.forward(hours=12, seconds=1)
    assert await who(house, login.token) is None


async def test_expired_logins_are_cleared_away(house: House) -> None:
    await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    house.clock.forward(days=2)
    await house.accounts.sign_in("admin", PASSWORD, HERE)
    async with house.db.read() as read:
        assert await read.scalar(select(func.count()).select_from(Login)) == 1


async def test_sign_out_ends_this_login_alone(house: House) -> None:
    one = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    other = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    principal = await who(house, one.token)
    assert principal is not None
    await house.accounts.sign_out(principal)
    assert await who(house, one.token) is None
    assert await who(house, other.token) is not None


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "é", "\x00", "\udcff"])
async def test_made_up_tokens_are_nobody(house: House, token: str) -> None:
    assert await who(house, token) is None


async def test_sixth_failure_waits_even_with_the_right_password(house: House) -> None:
    await fail(house, 5)
    with pytest.raises(TooManyTries):
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    house.clock.forward(minutes=15, seconds=1)
    await house.accounts.sign_in("lawyer", PASSWORD, HERE)


async def test_nobody_locks_out_an_account_from_elsewhere(house: House) -> None:
    await fail(house, 5, address=THERE)
    await house.accounts.sign_in("lawyer", PASSWORD, HERE)


async def test_success_forgives(house: House) -> None:
    for _ in range(3):
        await fail(house, 4)
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)


async def test_one_address_cannot_try_every_account(house: House) -> None:
    for number in range(40):
        await fail(house, 1, username=f"name{number}")
    with pytest.raises(TooManyTries):
        await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    await house.accounts.sign_in("lawyer", PASSWORD, THERE)


async def test_tries_at_the_same_moment_do_not_slip_through(house: House) -> None:
    tries = [house.accounts.sign_in("lawyer", "wrong", HERE) for _ in range(12)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, WrongPassword) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, TooManyTries) for outcome in outcomes) == 7


async def test_failures_are_forgotten_and_hold_no_names(house: House) -> None:
    await fail(house, 2)
    async with house.db.read() as read:
        subjects = (await read.scalars(select(SignInFailure.subject))).all()
    assert len(subjects) == 4
    assert all(len(subject) == 64 and "lawyer" not in subject for subject in subjects)
    house.clock.forward(minutes=16)
    await house.accounts.sign_in("admin", PASSWORD, HERE)
    async with house.db.read() as read:
        assert await read.scalar(select(func.count()).select_from(SignInFailure)) == 0


async def test_audit_knows_sign_ins_and_blocks(house: House) -> None:
    await fail(house, 5)
    await house.accounts.sign_in("admin", PASSWORD, HERE)
    async with house.db.read() as read:
        entries = (await read.scalars(select(Audit).order_by(Audit.at, Audit.action))).all()
    assert [(one.action, one.actor_id, one.subject) for one in entries] == [
        (AuditAction.SIGN_IN, house.people["admin"].id, ""),
        (AuditAction.SIGN_IN_BLOCKED, None, house.people["lawyer"].id),
    ]


async def test_day_ends_at_three_in_china(house: House) -> None:
    nine = house.clock.now
    assert end_of_day(nine).isoformat() == "2026-11-24T03:00:00+08:00"
    house.clock.forward(hours=17)  # two at night
    assert end_of_day(house.clock.now).isoformat() == "2026-11-24T03:00:00+08:00"
