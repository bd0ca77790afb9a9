"""What an admin does with others' accounts: switch off and on, passwords, one-time codes.

Whoever loses a right loses it at once: their logins end in the same transaction, and the sockets
of these logins within seconds.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from server.accounts.passwords import Passwords
from server.accounts.repository import factors, logins
from server.accounts.tokens import new_password
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.storage.engine import Database, Transaction
from server.storage.schema import Account
from signaling.errors import Conflict, NotFound


class NotOneself(Conflict):
    """An admin who shuts themselves out would need another one to come back."""

    code = "not_oneself"
    message = "不能对自己的账号做这项操作，请另一位管理员来做。"


class Upkeep:
    """Others' accounts. ``actor``: the admin's account id; None: whoever has the machine."""

    def __init__(self, db: Database, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._passwords = passwords
        self._clock = clock

    async def disable(self, account_id: str, actor: str) -> None:
        """Shut an account and end its logins."""
        if account_id == actor:
            raise NotOneself
        async with self._db.write() as write:
            account = await _account(write, account_id)
            account.active = False
            await logins.end_logins_of(write, account_id)
            self._note(write, AuditAction.ACCOUNT_DISABLED, account_id, actor)

    async def enable(self, account_id: str, actor: str | None) -> None:
        """Open an account again."""
        async with self._db.write() as write:
            account = await _account(write, account_id)
            account.active = True
            await logins.end_logins_of(write, account_id)  # of before it was shut
            self._note(write, AuditAction.ACCOUNT_ENABLED, account_id, actor)

    async def reset_password(self, account_id: str, actor: str | None) -> str:
        """Make a new password, end the account's logins, and return it: the only time."""
        if account_id == actor:
            raise NotOneself
        password = new_password()
        password_hash = await asyncio.to_thread(self._passwords.hash_random, password)
        async with self._db.write() as write:
            account = await _account(write, account_id)
            account.password_hash, account.first_password = password_hash, True
            await logins.end_logins_of(write, account_id)
            self._note(write, AuditAction.PASSWORD_RESET, account_id, actor)
        return password

    async def rescue(self, username: str) -> str:
        """Let somebody in whom no admin can help, without codes; return the new password."""
        async with self._db.read() as read:
            account = await logins.account_by_username(read, username.casefold())
            coded = account is not None and await logins.has_codes(read, account.id)
        if account is None:
            raise NotFound("no_account", f"没有用户名为 {username} 的账号。")
        if coded:
            await self.reset_codes(account.id, None)
        if not account.active:
            await self.enable(account.id, None)
        return await self.reset_password(account.id, None)

    async def reset_codes(self, account_id: str, actor: str | None) -> None:
        """Forget somebody's one-time codes and end their logins; NotFound if none are set up."""
        async with self._db.write() as write:
            if not await factors.forget_factor(write, account_id):
                raise NotFound("no_codes", "这个账号没有设置动态口令。")
            await logins.end_logins_of(write, account_id)
            self._note(write, AuditAction.SECOND_FACTOR_RESET, account_id, actor)

    def _note(
        self, write: Transaction, action: AuditAction, account_id: str, actor: str | None
    ) -> None:
        audit.append(write, action, self._clock(), actor, account_id)


async def _account(write: Transaction, account_id: str) -> Account:
    account = await write.get(Account, account_id)
    if account is None:
        raise NotFound
    return account
