"""Slowing down guesses, without letting anybody lock somebody else out.

Failures count per account *and* address, so a stranger elsewhere cannot close an account to its
owner; and per address, so one address cannot try every account. A try is written down before it is
checked: many at once do not slip through together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.accounts.tokens import digest
from server.storage.schema import SignInFailure
from server.web.errors import TooManyRequests

WINDOW = timedelta(minutes=15)


class TooManyTries(TooManyRequests):
    """Wrong too often: wait."""

    code = "too_many_tries"
    message = "输入错误次数过多，请 15 分钟后再试，或联系管理员。"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` failures in the window for a subject."""

    subject: str
    most: int


def sign_in_limits(username: str, address: str) -> tuple[Limit, ...]:
    """Return the limits on signing in as somebody from somewhere."""
    return (
        Limit(digest(f"account:{username.casefold()}|{address}"), 5),
        Limit(digest(f"address:{address}"), 40),
    )


def enrolment_limits(address: str) -> tuple[Limit, ...]:
    """Return the limits on trying terminal codes: 10^8 codes, a few live ones, 30 minutes each."""
    return (Limit(digest(f"code:{address}"), 8), Limit(digest("code"), 300))


async def begin_try(db: AsyncSession, limits: Sequence[Limit], now: datetime) -> bool:
    """Count a try as failed until ``forgive`` says otherwise; raise TooManyTries at a limit.

    Returns True if this is the last try that the limits allow.
    """
    await db.execute(delete(SignInFailure).where(SignInFailure.at < now - WINDOW))
    left = min([await _left(db, limit) for limit in limits])
    if left <= 0:
        raise TooManyTries
    db.add_all([SignInFailure(subject=limit.subject, at=now) for limit in limits])
    return left == 1


async def _left(db: AsyncSession, limit: Limit) -> int:
    if db.get_bind().dialect.name == "postgresql":
        # SQLite's writers are one after another anyway; here those of one subject must be.
        await db.execute(select(func.pg_advisory_xact_lock(int(limit.subject[:15], 16))))
    failed = select(func.count()).where(SignInFailure.subject == limit.subject)
    return limit.most - (await db.scalar(failed) or 0)


async def forgive(db: AsyncSession, limits: Sequence[Limit], now: datetime) -> None:
    """After a success: the account starts afresh at this address; of the address, this one try."""
    account, *others = limits
    await db.execute(delete(SignInFailure).where(SignInFailure.subject == account.subject))
    for limit in others:
        newest = (
            select(SignInFailure.id)
            .where(SignInFailure.subject == limit.subject, SignInFailure.at == now)
            .limit(1)
        )
        await db.execute(
            delete(SignInFailure).where(SignInFailure.id.in_(newest.scalar_subquery()))
        )
