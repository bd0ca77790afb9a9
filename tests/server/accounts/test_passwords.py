"""Argon2 in threads, few at once."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from server.accounts.own import OwnAccount
from server.accounts.passwords import AT_ONCE, WAITING, Passwords
from server.accounts.service import Accounts, Cookies, Visitor, WrongPassword
from server.accounts.tokens import new_password, new_token
from server.storage.schema import SignInFailure
from server.web.errors import TooManyRequests
from tests.server.house import CHEAP, PASSWORD, House

HERE = Visitor("192.0.2.1")


class SlowHasher(PasswordHasher):
    """Holds every check until it is let go, and counts how many are inside."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()
        self.inside = 0
        self.most = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.go.wait(30)
        self.inside -= 1
        return super().verify(hash, password)


async def test_hash_and_check() -> None:
    passwords = Passwords(CHEAP)
    kept = await passwords.hash("secret")
    assert kept.startswith("$argon2id$")
    assert await passwords.check("secret", kept)
    assert not await passwords.check("Secret", kept)
    assert not await passwords.check("secret", None)
    assert not await passwords.check("secret", "not a hash")


async def test_random_passwords_check_like_any_other() -> None:
    passwords, password = Passwords(CHEAP), new_password()
    assert await passwords.check(password, passwords.hash_random(password))


async def test_few_at_once_and_a_bounded_queue() -> None:
    hasher = SlowHasher()
    passwords = Passwords(hasher)
    kept = CHEAP.hash("secret")
    checks = [asyncio.create_task(passwords.check("secret", kept)) for _ in range(WAITING)]
    await asyncio.sleep(0)  # every check has now taken its place in the queue
    with pytest.raises(TooManyRequests):
        await passwords.check("secret", kept)
    hasher.go.set()
    assert all(await asyncio.gather(*checks))
    assert hasher.most <= AT_ONCE


async def test_whoever_was_not_even_checked_has_not_failed(house: House) -> None:
    login = await house.accounts.sign_in("lawyer", PASSWORD, HERE)
    lawyer = await house.accounts.principal_of({"yuntiao": login.token})
    assert lawyer is not None
    with pytest.raises(WrongPassword):
        await house.accounts.sign_in("lawyer", "wrong", HERE)
    hasher = SlowHasher()
    busy = Passwords(hasher)
    accounts = Accounts(house.db, busy, house.clock, Cookies(secure=False), house.policy)
    own = OwnAccount(house.db, busy, house.clock)
    checks = [asyncio.create_task(busy.check("secret", None)) for _ in range(WAITING)]
    await asyncio.sleep(0)
    for _ in range(6):
        for attempt in (
            accounts.sign_in("lawyer", PASSWORD, HERE),
            own.prove(lawyer, PASSWORD, HERE.address),
        ):
            with pytest.raises(TooManyRequests) as refused:
                await attempt
            assert refused.value.code == "busy"
    async with house.db.read() as db:
        counted = await db.scalar(select(func.count()).select_from(SignInFailure))
    assert counted == 2  # the wrong one, for the account and for the address
    hasher.go.set()
    await asyncio.gather(*checks)
    await accounts.sign_in("lawyer", PASSWORD, HERE)
    await own.prove(lawyer, PASSWORD, HERE.address)


def test_secrets_are_long_and_never_twice() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) >= 43
    password = new_password()
    assert [len(group) for group in password.split("-")] == [4, 4, 4]
