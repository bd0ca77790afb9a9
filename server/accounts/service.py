"""Signing in and out: opaque tokens in cookies, logins in the database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from server.accounts.factors import CodeNeeded, SecondFactors
from server.accounts.passwords import Passwords
from server.accounts.policy import Policy
from server.accounts.repository import logins
from server.accounts.safe import Safe
from server.accounts.throttle import counted_try, forgive, sign_in_limits
from server.accounts.tokens import digest, new_token
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.storage.engine import Database
from server.storage.schema import Account, Login
from server.web.errors import SignInNeeded
from server.web.principal import Principal
from signaling.errors import NotAllowed
from signaling.rights import Role

DESK_HOURS = timedelta(hours=12)
ROLL_EVERY = timedelta(minutes=10)  # how stale an expiry may get before it is written again
CHINA = timezone(timedelta(hours=8))
DAY_ENDS = time(3)  # a session that runs past midnight is not cut off


class WrongPassword(SignInNeeded):
    """Unknown name or wrong password: the answer is the same."""

    code = "wrong_password"
    message = "用户名或密码不正确，请重新输入。"


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies' names; ``secure``: the site is reached by https only."""

    secure: bool

    @classmethod
    def for_site(cls, origins: Sequence[str]) -> "Cookies":
        """Return the names for a site that is opened at these origins."""
        return cls(secure=all(origin.startswith("https:") for origin in origins))

    @property
    def login(self) -> str:
        """The cookie with the login's token."""
        return "__Host-yuntiao" if self.secure else "yuntiao"

    @property
    def device(self) -> str:
        """The cookie with the terminal's key."""
        return "__Host-yuntiao-terminal" if self.secure else "yuntiao-terminal"


@dataclass(frozen=True, slots=True)
class Terminal:
    """An enrolled device and its station."""

    device_id: str
    station_id: str
    station: str
    phone: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody signs in: the client's address, and its browser in words."""

    address: str
    agent: str = ""


@dataclass(frozen=True, slots=True)
class NewLogin:
    """What sign-in gives: the token for the cookie, and who it is."""

    token: str
    role: Role


class Accounts:
    """People's logins. ``clock`` returns the present moment, aware."""

    def __init__(
        self,
        db: Database,
        passwords: Passwords,
        clock: Callable[[], datetime],
        cookies: Cookies,
        policy: Policy,
        safe: Safe | None = None,
    ) -> None:
        self.cookies = cookies
        self._policy = policy
        self._factors = SecondFactors(db, clock, policy, safe)
        self._db = db
        self._passwords = passwords
        self._clock = clock

    async def sign_in(
        self, username: str, password: str, visitor: Visitor, one_time_code: str = ""
    ) -> NewLogin:
        """Sign in at a desk.

        Raises WrongPassword, CodeNeeded, WrongOneTimeCode, TooManyTries, NotAllowed for mediators.
        """
        async with self._db.read() as read:
            account = await logins.account_by_username(read, username.casefold())
        await self._check(account, username, password, visitor.address)
        if account is None or account.role is Role.MEDIATOR:
            raise NotAllowed("terminal_only", "调解员请在本站的终端上登录。")
        await self._check_code(account.id, one_time_code, visitor.address)
        return await self._open(account, None, visitor)

    async def sign_in_at(
        self, terminal: Terminal, account_id: str, password: str, visitor: Visitor
    ) -> NewLogin:
        """Sign a mediator in at a terminal of their own station; anybody else is unknown there."""
        async with self._db.read() as read:
            account = await read.get(Account, account_id)
        if account is not None and not _belongs(account, terminal):
            account = None
        await self._check(account, account_id, password, visitor.address)
        if account is None:
            raise WrongPassword
        return await self._open(account, terminal.device_id, visitor)

    async def principal_of(self, cookies: Mapping[str, str]) -> Principal | None:
        """Return who holds these cookies; None: nobody, expired, switched off or revoked."""
        token = cookies.get(self.cookies.login)
        if not token:
            return None
        now, login_hash = self._clock(), digest(token)
        async with self._db.read() as read:
            found = await logins.find_login(read, login_hash, now)
        if found is None:
            return None
        login, account = found.login, found.account
        if (login.used_at or login.created_at) < now - ROLL_EVERY:
            await self._touch(login, account, now)
        return Principal(
            account_id=account.id,
            role=account.role,
            name=account.name,
            station_id=account.station_id,
            device_id=login.device_id,
            login_hash=login_hash,
            csrf=login.csrf,
            owes=self._policy.owed(account, enrolled=found.enrolled),
        )

    async def still_open(self, login_hashes: Collection[str]) -> set[str]:
        """Return those of these logins that have not ended, been ended, or lost their account."""
        async with self._db.read() as read:
            return await logins.open_among(read, login_hashes, self._clock())

    async def sign_out(self, principal: Principal) -> None:
        """End this login."""
        async with self._db.write() as write:
            await logins.end_login(write, principal.login_hash)
            audit.append(write, AuditAction.SIGN_OUT, self._clock(), principal.account_id)

    async def _check(
        self, account: Account | None, username: str, password: str, address: str
    ) -> None:
        usable = account if account is not None and account.active else None
        limits, now = sign_in_limits(username, address), self._clock()
        async with counted_try(self._db, limits, now) as last:
            fits = await self._passwords.check(password, usable.password_hash if usable else None)
        async with self._db.write() as write:
            if fits:
                await forgive(write, limits, now)
            elif last:
                subject = account.id if account else ""
                audit.append(write, AuditAction.SIGN_IN_BLOCKED, now, subject=subject)
        if not fits:
            raise WrongPassword

    async def _check_code(self, account_id: str, typed: str, address: str) -> None:
        async with self._db.read() as read:
            enrolled = await logins.has_codes(read, account_id)
        if not self._policy.asks_code(enrolled=enrolled):
            return
        if not typed:
            raise CodeNeeded
        await self._factors.check(account_id, typed, address)

    async def _open(self, account: Account, device_id: str | None, visitor: Visitor) -> NewLogin:
        token, now = new_token(), self._clock()
        expires = now + DESK_HOURS if device_id is None else end_of_day(now)
        login = Login(
            token_hash=digest(token),
            account_id=account.id,
            device_id=device_id,
            csrf=new_token(),
            created_at=now,
            expires_at=expires,
            agent=visitor.agent,
            address=visitor.address[:45],
            used_at=now,
        )
        async with self._db.write() as write:
            await logins.forget_expired(write, now)
            if device_id is not None:  # one person sits at a terminal
                await logins.end_logins_at(write, device_id)
            write.add(login)
            audit.append(write, AuditAction.SIGN_IN, now, account.id, device_id or "")
        return NewLogin(token, account.role)

    async def _touch(self, login: Login, account: Account, now: datetime) -> None:
        rolls = login.device_id is None and account.role is not Role.PARTY
        expires = now + DESK_HOURS if rolls else login.expires_at
        async with self._db.write() as write:
            await logins.touch(write, login.token_hash, now, expires)


def end_of_day(now: datetime) -> datetime:
    """Return the next three o'clock in the morning in China."""
    local = now.astimezone(CHINA)
    ends = datetime.combine(local.date(), DAY_ENDS, CHINA)
    return ends if ends > local else ends + timedelta(days=1)


def _belongs(account: Account, terminal: Terminal) -> bool:
    return account.role is Role.MEDIATOR and account.station_id == terminal.station_id
