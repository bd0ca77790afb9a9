"""Recorded talks apart: the policy in force, what was asked, and who agreed."""

from collections.abc import Sequence

from sqlalchemy import select

from server.storage.engine import Transaction
from server.storage.schema import ApartConsent, ApartPolicy, ApartRecording


async def policy_now(db: Transaction) -> ApartPolicy | None:
    """Return the newest policy; None: nobody has set one."""
    query = select(ApartPolicy).order_by(ApartPolicy.set_at.desc(), ApartPolicy.version.desc())
    return await db.scalar(query.limit(1))


async def policy_by_version(db: Transaction, version: str) -> ApartPolicy | None:
    """Return the policy whose wording this is, or None."""
    return await db.get(ApartPolicy, version)


async def recording_by_id(db: Transaction, caucus_id: str) -> ApartRecording | None:
    """Return the recording that was asked for in a talk apart, or None."""
    return await db.get(ApartRecording, caucus_id)


async def recordings_of(db: Transaction, session_id: str) -> Sequence[ApartRecording]:
    """Return what was asked for in a session's talks apart, oldest first."""
    query = select(ApartRecording).where(ApartRecording.session_id == session_id)
    return (await db.scalars(query.order_by(ApartRecording.asked_at, ApartRecording.id))).all()


async def consents_of(db: Transaction, recording_id: str) -> Sequence[ApartConsent]:
    """Return every answer, oldest first."""
    query = select(ApartConsent).where(ApartConsent.recording_id == recording_id)
    return (await db.scalars(query.order_by(ApartConsent.at, ApartConsent.id))).all()
