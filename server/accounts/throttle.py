"""Slowing down guesses, without letting anybody lock somebody else out.

Failures count per account *and* address, so a stranger elsewhere cannot close an account to its
owner; and per address, so one address cannot try every account. A try is written down before it is
checked: many at once do not slip through together.

Short codes are the exception. Eight digits can be guessed from many addresses, so wrong ones count
together as well, and a stranger can shut codes for a while by spending them: the lesser evil beside
a stranger in a mediation. What has 256 random bits, a link, is not counted at all, and stays open.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.accounts.repository import failures
from server.accounts.tokens import digest
from server.storage.engine import Database, Transaction
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


def invitation_limits(address: str) -> tuple[Limit, ...]:
    """Return the limits on trying short codes of invitations, like those of terminals."""
    return (Limit(digest(f"join:{address}"), 10), Limit(digest("join"), 300))


def code_limits(account_id: str, address: str) -> tuple[Limit, ...]:
    """Return the limits on one-time codes: only who knows the password gets this far."""
    return (
        Limit(digest(f"totp:{account_id}|{address}"), 5),
        Limit(digest(f"totp:{account_id}"), 30),
    )


def password_limits(account_id: str, address: str) -> tuple[Limit, ...]:
    """Return the limits on saying one's own password again while signed in."""
    return (Limit(digest(f"again:{account_id}|{address}"), 5),)


@asynccontextmanager
async def counted_try(db: Database, limits: Sequence[Limit], now: datetime) -> AsyncIterator[bool]:
    """Count a try while it is checked: as ``begin_try``, whose word is given.

    A check that is itself refused (TooManyRequests) has told nothing, so it was no try.
    """
    async with db.write() as write:
        last = await begin_try(write, limits, now)
    try:
        yield last
    except TooManyRequests:
        async with db.write() as write:
            await _take_back(write, limits, now)
        raise


async def begin_try(db: Transaction, limits: Sequence[Limit], now: datetime) -> bool:
    """Count a try as failed until ``forgive`` says otherwise; raise TooManyTries at a limit.

    Returns True if this is the last try that the limits allow.
    """
    await failures.forget_before(db, now - WINDOW)
    left = min([one.most - await failures.count_failures(db, one.subject) for one in limits])
    if left <= 0:
        raise TooManyTries
    db.add_all([SignInFailure(subject=limit.subject, at=now) for limit in limits])
    return left == 1


async def forgive(db: Transaction, limits: Sequence[Limit], now: datetime) -> None:
    """After a success: the account starts afresh at this address; of the address, this one try."""
    account, *others = limits
    await failures.forget_all(db, account.subject)
    await _take_back(db, others, now)


async def _take_back(db: Transaction, limits: Sequence[Limit], now: datetime) -> None:
    for limit in limits:
        await failures.forget_one(db, limit.subject, now)
