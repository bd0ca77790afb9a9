"""Argon2 in threads: few at once, so that guessing cannot eat the machine's memory."""

import asyncio
from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.accounts.tokens import new_password
from server.web.errors import TooManyRequests

AT_ONCE = 2
WAITING = 40


class Passwords:
    """Hashing and checking. ``hasher`` sets the cost; its default takes about 0.1 s and 64 MiB."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # 59 random bits need no slow hash, and a first start makes dozens of them.
        self._quick = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
        self._nobody = self._hasher.hash(new_password())
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._inside = 0

    async def hash(self, password: str) -> str:
        """Hash a password that a person chose."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    def hash_random(self, password: str) -> str:
        """Hash a password of ``new_password``."""
        return self._quick.hash(password)

    async def check(self, password: str, kept: str | None) -> bool:
        """Tell whether the password fits the kept hash.

        Without a hash (nobody of that name) it takes the same time and says no. Raises
        TooManyRequests while too many wait to be checked.
        """
        if self._inside >= WAITING:
            raise TooManyRequests("busy", "正在登录的人太多，请过几秒再试。")
        self._inside += 1
        try:
            async with self._slots:
                check = partial(_fits, self._hasher, kept or self._nobody, password)
                return await asyncio.to_thread(check) and kept is not None
        finally:
            self._inside -= 1


def _fits(hasher: PasswordHasher, kept: str, password: str) -> bool:
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
