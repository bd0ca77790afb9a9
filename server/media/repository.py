"""What is already known of a session's journal."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import Gap, Participant, Segment


async def journal_seqs(db: AsyncSession, session_id: str) -> set[int]:
    """Return the numbers of the journal records that have a row."""
    segments = await db.scalars(select(Segment.journal_seq).where(Segment.session_id == session_id))
    gaps = await db.scalars(select(Gap.journal_seq).where(Gap.session_id == session_id))
    return {*segments.all(), *gaps.all()}


async def participant_ids(db: AsyncSession, session_id: str) -> set[str]:
    """Return the ids of the session's participants."""
    rows = await db.scalars(select(Participant.id).where(Participant.session_id == session_id))
    return set(rows.all())
