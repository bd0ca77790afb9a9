"""Failed tries, by the hash of what was tried."""

from datetime import datetime

from sqlalchemy import delete, func, select

from server.storage.engine import Transaction
from server.storage.schema import SignInFailure


async def count_failures(db: Transaction, subject: str) -> int:
    """Return how often the subject failed; who asks next for the same one waits for this end."""
    if db.get_bind().dialect.name == "postgresql":
        # SQLite's writers are one after another anyway; here those of one subject must be.
        await db.execute(select(func.pg_advisory_xact_lock(int(subject[:15], 16))))
    failed = select(func.count()).where(SignInFailure.subject == subject)
    return await db.scalar(failed) or 0


async def forget_before(db: Transaction, moment: datetime) -> None:
    """Delete what failed before this moment."""
    await db.execute(delete(SignInFailure).where(SignInFailure.at < moment))


async def forget_all(db: Transaction, subject: str) -> None:
    """Delete every failure of the subject."""
    await db.execute(delete(SignInFailure).where(SignInFailure.subject == subject))


async def forget_one(db: Transaction, subject: str, at: datetime) -> None:
    """Delete one failure of the subject at exactly this moment."""
    newest = (
        select(SignInFailure.id)
        .where(SignInFailure.subject == subject, SignInFailure.at == at)
        .limit(1)
    )
    await db.execute(delete(SignInFailure).where(SignInFailure.id.in_(newest.scalar_subquery())))
