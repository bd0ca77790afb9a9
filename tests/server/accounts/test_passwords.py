"""Argon2 in threads, few at once."""

import asyncio
import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher

from server.accounts.passwords import AT_ONCE, WAITING, Passwords
from server.accounts.tokens import new_password, new_token
from server.web.errors import TooManyRequests
from tests.server.house import CHEAP


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


def test_secrets_are_long_and_never_twice() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) >= 43
    password = new_password()
    assert [len(group) for group in password.split("-")] == [4, 4, 4]
