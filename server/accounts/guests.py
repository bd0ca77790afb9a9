"""Logins of guests: opened by a link instead of a password, bound to one account, never renewed."""

from collections.abc import Collection
from datetime import datetime

from server.accounts.repository import logins
from server.accounts.service import Visitor
from server.accounts.tokens import digest, new_token
from server.storage.engine import Transaction
from server.storage.schema import Account, Login, Session, new_id
from signaling.rights import Role

NO_PASSWORD = "-"  # noqa: S105 -- no hash: nothing fits it


def new_guest(session: Session, name: str, phone: str, now: datetime) -> Account:
    """Return an account that nobody can sign in to by name: a guest's, for one session."""
    ident = new_id()
    return Account(
        id=ident,
        username=f"guest-{ident}",
        name=name,
        role=Role.PARTY,
        password_hash=NO_PASSWORD,
        station_id=session.station_id,
        phone=phone,
        created_at=now,
    )


async def open_login(
    db: Transaction, account_id: str, visitor: Visitor, now: datetime, until: datetime
) -> str:
    """Let a guest in on this browser, and on no other any more; return the cookie's token."""
    await logins.end_logins_of(db, account_id)
    token = new_token()
    db.add(
        Login(
            token_hash=digest(token),
            account_id=account_id,
            csrf=new_token(),
            created_at=now,
            expires_at=until,
            agent=visitor.agent,
            address=visitor.address[:45],
            used_at=now,
        )
    )
    return token


async def end_logins(db: Transaction, account_id: str) -> None:
    """Shut a guest out: another link was made, or they were refused."""
    await logins.end_logins_of(db, account_id)


async def let_logins_run_out(
    db: Transaction, account_ids: Collection[str], until: datetime
) -> None:
    """The session is over: what is open stays so until then, for the last page."""
    await logins.shorten(db, account_ids, until)
