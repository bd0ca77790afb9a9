"""Where a session's room is, and what is already known of its journal."""

from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.quick import Question, given
from server.storage.schema import Gap, Participant, Segment, Session
from signaling.session import SessionState


class Whereabouts(Protocol):
    """A session's relay, and how far the session is."""

    id: str
    state: SessionState
    relay: str | None


_WHEREABOUTS: Question[Whereabouts] = Question(
    select(Session.id, Session.state, Session.relay).where(Session.id == given("session"))
)


async def whereabouts_of(db: AsyncSession, session_id: str) -> Whereabouts | None:
    """Return which relay a session is on, or None when there is no such session."""
    return await _WHEREABOUTS.first(db, session=session_id)


async def journal_seqs(db: AsyncSession, session_id: str, first: int) -> set[int]:
    """Return the numbers, from ``first`` on, of the journal records that have a row."""
    found: set[int] = set()
    for table in (Segment, Gap):
        query = select(table.journal_seq).where(
            table.session_id == session_id, table.journal_seq >= first
        )
        found |= set((await db.scalars(query)).all())
    return found


async def participant_ids(db: AsyncSession, session_id: str) -> set[str]:
    """Return the ids of the session's participants."""
    rows = await db.scalars(select(Participant.id).where(Participant.session_id == session_id))
    return set(rows.all())
