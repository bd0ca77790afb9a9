"""What the jobs clear away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.roster import plan
from server.storage.schema import DoneCommand, Duty, JobTally, Login, SelfTest


async def delete_expired_logins(db: AsyncSession, now: datetime) -> None:
    """Forget logins that nobody can use any more."""
    await db.execute(delete(Login).where(Login.expires_at < now))


async def delete_commands_before(db: AsyncSession, moment: datetime) -> None:
    """Forget commands so old that no page sends them again."""
    await db.execute(delete(DoneCommand).where(DoneCommand.at < moment))


async def delete_self_tests_before(db: AsyncSession, moment: datetime) -> None:
    """Forget terminals' self-tests from before then."""
    await db.execute(delete(SelfTest).where(SelfTest.at < moment))


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A lawyer on duty and in no call, and when their last lease ran out."""

    lawyer_id: str
    at: datetime


async def lapsed_before(db: AsyncSession, moment: datetime) -> list[Lapsed]:
    """Return whose browser has been gone since then, unless they are in a call."""
    in_no_call = (Duty.session_id.is_(None), Duty.helping_id.is_(None))
    query = select(Duty.lawyer_id, Duty.lease_until).where(Duty.lease_until < moment, *in_no_call)
    return [Lapsed(*row) for row in (await db.execute(query)).all()]


async def end_lapsed_duty(db: AsyncSession, lapsed: Lapsed) -> None:
    """Take a lawyer off duty, unless they have come back; they served until the lease ran out."""
    where = (
        Duty.lawyer_id == lapsed.lawyer_id,
        Duty.lease_until == lapsed.at,
        Duty.session_id.is_(None),
        Duty.helping_id.is_(None),
    )
    ended = delete(Duty).where(*where).returning(Duty.lawyer_id)
    if (await db.scalars(ended)).first() is not None:
        await plan.lapse(db, lapsed.lawyer_id, lapsed.at)


async def add_count(
    db: AsyncSession,
    job: str,
    runs: int,
    failures: int,
    succeeded_at: datetime | None,
    failed_at: datetime | None,
) -> None:
    """Add rounds to a job's count; several processes may."""
    added = (
        update(JobTally)
        .where(JobTally.job == job)
        .values(
            runs=JobTally.runs + runs,
            failures=JobTally.failures + failures,
            succeeded_at=func.coalesce(succeeded_at, JobTally.succeeded_at),
            failed_at=func.coalesce(failed_at, JobTally.failed_at),
        )
        .returning(JobTally.job)
    )
    if (await db.scalars(added)).first() is None:
        first = JobTally(job=job, runs=runs, failures=failures)
        first.succeeded_at, first.failed_at = succeeded_at, failed_at
        db.add(first)
        await db.flush()


async def counts(db: AsyncSession) -> Sequence[JobTally]:
    """Return the counts, by job."""
    return (await db.scalars(select(JobTally).order_by(JobTally.job))).all()
