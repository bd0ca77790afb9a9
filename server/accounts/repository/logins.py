"""Accounts as sign-in finds them, and their logins."""

from datetime import datetime

from sqlalchemy import delete, select, update

from server.storage.engine import Transaction
from server.storage.schema import Account, Device, Login


async def account_by_username(db: Transaction, username: str) -> Account | None:
    """Return the account with this name, in lower case."""
    return await db.scalar(select(Account).where(Account.username == username))


async def find_login(
    db: Transaction, token_hash: str, now: datetime
) -> tuple[Login, Account] | None:
    """Return a login that still opens something, with its account."""
    query = (
        select(Login, Account)
        .join(Account, Login.account_id == Account.id)
        .outerjoin(Device, Login.device_id == Device.id)
        .where(Login.token_hash == token_hash, Login.expires_at > now)
        .where(Account.active.is_(True), Device.revoked_at.is_(None))
    )
    row = (await db.execute(query)).first()
    return (row[0], row[1]) if row else None


async def end_login(db: Transaction, token_hash: str) -> None:
    """Delete a login."""
    await db.execute(delete(Login).where(Login.token_hash == token_hash))


async def end_logins_at(db: Transaction, device_id: str) -> None:
    """Delete every login at a terminal."""
    await db.execute(delete(Login).where(Login.device_id == device_id))


async def forget_expired(db: Transaction, now: datetime) -> None:
    """Delete logins that have ended by themselves."""
    await db.execute(delete(Login).where(Login.expires_at < now))


async def prolong(db: Transaction, token_hash: str, until: datetime) -> None:
    """Let a login live until then."""
    later = update(Login).where(Login.token_hash == token_hash)
    await db.execute(later.values(expires_at=until))
