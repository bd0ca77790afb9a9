"""When a talk is looked at again: an unanswered colleague, a lost lawyer, a room of nobody."""

from datetime import timedelta

from server.sessions import repository, seeking
from server.sessions.turn import Turn
from server.storage.schema import Session
from signaling.participant import ParticipantState
from signaling.session import SessionState

ABANDONED = timedelta(minutes=3)
"""A room in which nobody is connected is hung up after this."""
LAWYER_BACK = timedelta(seconds=30)
"""A lawyer whose line is gone has this long to come back before the desk is asked."""

_TALK = frozenset({SessionState.LIVE, SessionState.PAUSED})


async def mind(turn: Turn, session: Session) -> None:
    """Note who is missing and since when, and when to look again; nothing outside a talk."""
    if session.state not in _TALK:
        return
    here = {
        one.account_id
        for one in await repository.participants_of(turn.db, session.id)
        if one.state is ParticipantState.CONNECTED
    }
    session.alone_at = None if here else session.alone_at or turn.now
    lost = session.lawyer_id not in here
    session.lawyer_lost_at = (session.lawyer_lost_at or turn.now) if lost else None
    moments = [offer.until for offer in await repository.open_offers(turn.db, session.id)]
    if not moments and seeking.for_anybody(session):
        moments.append(turn.now)
    elif not moments and seeking.looking(session):
        seeking.unmet(turn, session)
    if session.alone_at is not None:
        moments.append(session.alone_at + ABANDONED)
    elif session.lawyer_lost_at is not None:
        moments.append(session.lawyer_lost_at + LAWYER_BACK)
    session.due_at = min(moments, default=None)
