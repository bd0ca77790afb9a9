"""What the jobs clear away."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import DoneCommand, Duty, Login, SelfTest


async def delete_expired_logins(db: AsyncSession, now: datetime) -> None:
    """Forget logins that nobody can use any more."""
    await db.execute(delete(Login).where(Login.expires_at < now))


async def delete_commands_before(db: AsyncSession, moment: datetime) -> None:
    """Forget commands so old that no page sends them again."""
    await db.execute(delete(DoneCommand).where(DoneCommand.at < moment))


async def delete_self_tests_before(db: AsyncSession, moment: datetime) -> None:
    """Forget terminals' self-tests from before then."""
    await db.execute(delete(SelfTest).where(SelfTest.at < moment))


async def end_duty_without_lease(db: AsyncSession, moment: datetime) -> None:
    """Take off duty whose browser has been gone since then, unless a call is theirs."""
    await db.execute(delete(Duty).where(Duty.lease_until < moment, Duty.session_id.is_(None)))
