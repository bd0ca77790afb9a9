"""Accounts as sign-in finds them, and their logins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple, cast

from sqlalchemy import CursorResult, Select, delete, select, update

from server.storage.engine import Transaction
from server.storage.quick import Question, given
from server.storage.schema import Account, Device, Login, SecondFactor, Station

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """A login that opens something; ``enrolled``: its account has one-time codes set up.

    Both only to be read: every request and every command asks for them.
    """

    login: Login
    account: Account
    enrolled: bool


def _open(query: Select[*Columns], now: Any) -> Select[*Columns]:
    return (
        query.select_from(Login)
        .join(Account, Login.account_id == Account.id)
        .outerjoin(Device, Login.device_id == Device.id)
        .where(Login.expires_at > now, Account.active.is_(True), Device.revoked_at.is_(None))
    )


# What a principal is made of; the account's password hash stays where it is.
_FIND: Question[Any] = Question(
    _open(
        select(
            Login.token_hash,
            Login.device_id,
            Login.csrf,
            Login.created_at,
            Login.used_at,
            Login.expires_at,
            Account.id,
            Account.role,
            Account.name,
            Account.station_id,
            Account.first_password,
            SecondFactor.secret,
        ),
        given("now"),
    )
    .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
    .where(Login.token_hash == given("token_hash"))
)


async def account_by_username(db: Transaction, username: str) -> Account | None:
    """Return the account with this name, in lower case."""
    return await db.scalar(select(Account).where(Account.username == username))


async def has_codes(db: Transaction, account_id: str) -> bool:
    """Tell whether one-time codes are set up."""
    query = select(SecondFactor.secret).where(SecondFactor.account_id == account_id)
    return await db.scalar(query) is not None


async def find_login(db: Transaction, token_hash: str, now: datetime) -> FoundLogin | None:
    """Return a login that still opens something, with its account."""
    row = await _FIND.first(db, token_hash=token_hash, now=now)
    return FoundLogin(row, row, enrolled=row.secret is not None) if row is not None else None


async def open_among(db: Transaction, token_hashes: Collection[str], now: datetime) -> set[str]:
    """Return those of these logins that still open something."""
    query = _open(select(Login.token_hash), now).where(Login.token_hash.in_(token_hashes))
    return set(await db.scalars(query))


async def logins_of(
    db: Transaction, account_id: str, now: datetime
) -> Sequence[tuple[Login, str | None]]:
    """Return somebody's logins, newest first, each with the station of its terminal."""
    query = (
        _open(select(Login, Station.name), now)
        .outerjoin(Station, Device.station_id == Station.id)
        .where(Login.account_id == account_id)
        .order_by(Login.created_at.desc())
    )
    return [(login, station) for login, station in await db.execute(query)]


async def end_login(db: Transaction, token_hash: str) -> None:
    """Delete a login."""
    await db.execute(delete(Login).where(Login.token_hash == token_hash))


async def end_own_login(db: Transaction, account_id: str, beginning: str) -> bool:
    """Delete somebody's login whose hash begins so; False if there is none."""
    own = delete(Login).where(Login.account_id == account_id)
    own = own.where(Login.token_hash.startswith(beginning, autoescape=True))
    return cast("CursorResult[None]", await db.execute(own)).rowcount == 1


async def end_logins_of(db: Transaction, account_id: str, but: str = "") -> int:
    """Delete somebody's logins, all but one if it is named; return how many there were."""
    others = delete(Login).where(Login.account_id == account_id, Login.token_hash != but)
    return cast("CursorResult[None]", await db.execute(others)).rowcount


async def end_logins_at(db: Transaction, device_id: str) -> None:
    """Delete every login at a terminal."""
    await db.execute(delete(Login).where(Login.device_id == device_id))


async def forget_expired(db: Transaction, now: datetime) -> None:
    """Delete logins that have ended by themselves."""
    await db.execute(delete(Login).where(Login.expires_at < now))


async def touch(db: Transaction, token_hash: str, now: datetime, until: datetime) -> None:
    """Note that a login was used, and let it live until then."""
    used = update(Login).where(Login.token_hash == token_hash)
    await db.execute(used.values(used_at=now, expires_at=until))


async def shorten(db: Transaction, account_ids: Collection[str], until: datetime) -> None:
    """Let these people's logins end by then at the latest."""
    if not account_ids:
        return
    longer = update(Login).where(Login.account_id.in_(account_ids), Login.expires_at > until)
    await db.execute(longer.values(expires_at=until))
