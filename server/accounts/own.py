"""What people do with their own account: the password, and where they are signed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.accounts.passwords import Passwords
from server.accounts.policy import check_new_password
from server.accounts.repository import factors, logins
from server.accounts.throttle import counted_try, forgive, password_limits
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.storage.engine import Database, Transaction
from server.storage.schema import Account
from server.web.principal import Principal
from signaling.errors import NotFound, UserError

NAMED_BY = 32  # of a login's hash, as many characters as name it to its owner


class WrongOwnPassword(UserError):
    """Somebody who is signed in does not know the password."""

    code = "wrong_own_password"
    message = "现在的密码不正确，请重新输入。"


@dataclass(frozen=True, slots=True)
class OwnLogin:
    """A browser that is signed in; ``station``: of the terminal it is."""

    id: str
    agent: str
    address: str
    station: str | None
    since: datetime
    used: datetime
    here: bool


@dataclass(frozen=True, slots=True)
class Codes:
    """Whether one-time codes are set up, and how many codes on paper are left."""

    since: datetime | None
    on_paper: int


class OwnAccount:
    """Everybody's own account."""

    def __init__(self, db: Database, passwords: Passwords, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._passwords = passwords
        self._clock = clock

    async def account(self, principal: Principal) -> Account:
        """Return one's own account."""
        async with self._db.read() as read:
            return await read.get_one(Account, principal.account_id)

    async def codes(self, principal: Principal) -> Codes:
        """Return how one-time codes are set up."""
        async with self._db.read() as read:
            factor = await factors.factor_of(read, principal.account_id)
            left = await factors.recovery_codes_left(read, principal.account_id)
        enrolled = factor is not None and factor.secret is not None
        return Codes(factor.confirmed_at if factor and enrolled else None, left if enrolled else 0)

    async def prove(self, principal: Principal, password: str, address: str) -> Account:
        """Check that it is still the same person; raises WrongOwnPassword, TooManyTries."""
        account = await self.account(principal)
        limits, now = password_limits(account.id, address), self._clock()
        async with counted_try(self._db, limits, now):
            fits = await self._passwords.check(password, account.password_hash)
        if not fits:
            raise WrongOwnPassword
        async with self._db.write() as write:
            await forgive(write, limits, now)
        return account

    async def change_password(self, principal: Principal, old: str, new: str, address: str) -> None:
        """Set a password of one's own and end every other login.

        Raises WrongOwnPassword, WeakPassword, TooManyTries.
        """
        account = await self.prove(principal, old, address)
        check_new_password(account.username, old, new)
        password_hash = await self._passwords.hash(new)
        async with self._db.write() as write:
            kept = await write.get_one(Account, account.id)
            kept.password_hash, kept.first_password = password_hash, False
            await logins.end_logins_of(write, account.id, but=principal.login_hash)
            audit.append(write, AuditAction.PASSWORD_CHANGED, self._clock(), account.id, account.id)

    async def logins(self, principal: Principal) -> Sequence[OwnLogin]:
        """Return where one is signed in, newest first."""
        async with self._db.read() as read:
            found = await logins.logins_of(read, principal.account_id, self._clock())
        return [
            OwnLogin(
                id=login.token_hash[:NAMED_BY],
                agent=login.agent,
                address=login.address,
                station=station,
                since=login.created_at,
                used=login.used_at or login.created_at,
                here=login.token_hash == principal.login_hash,
            )
            for login, station in found
        ]

    async def end_login(self, principal: Principal, login_id: str) -> None:
        """Sign out somewhere else; NotFound if one is not signed in there."""
        async with self._db.write() as write:
            if not await logins.end_own_login(write, principal.account_id, login_id):
                raise NotFound
            self._note_end(write, principal, 1)

    async def end_other_logins(self, principal: Principal) -> int:
        """Sign out everywhere else; return at how many places."""
        async with self._db.write() as write:
            ended = await logins.end_logins_of(
                write, principal.account_id, but=principal.login_hash
            )
            if ended:
                self._note_end(write, principal, ended)
        return ended

    def _note_end(self, write: Transaction, principal: Principal, ended: int) -> None:
        audit.append(
            write,
            AuditAction.LOGINS_ENDED,
            self._clock(),
            principal.account_id,
            principal.account_id,
            {"logins": ended},
        )
