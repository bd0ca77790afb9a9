"""A colleague is asked for beside a talk: noted on the session until one has come, or none can."""

from server.sessions.turn import Turn
from server.storage.schema import Session
from signaling.dispatch import Stage
from signaling.events import EventType


def begin(turn: Turn, session: Session, stage: Stage, lawyer_id: str | None, reason: str) -> None:
    """Note that somebody is asked for: this lawyer, or None, whoever is free."""
    session.seeks, session.seeks_id, session.seeks_at = stage, lawyer_id, turn.now
    session.seeks_reason, session.seeks_unmet = reason, False


def end(session: Session) -> None:
    """Nobody is asked for any more."""
    session.seeks = session.seeks_id = session.seeks_at = None
    session.seeks_reason, session.seeks_unmet = "", False


def looking(session: Session) -> bool:
    """Tell whether a colleague is still looked for."""
    return session.seeks is not None and not session.seeks_unmet


def for_anybody(session: Session) -> bool:
    """Tell whether whoever is free is looked for."""
    return looking(session) and session.seeks_id is None


def unmet(turn: Turn, session: Session) -> None:
    """Nobody comes; whoever asked is told until they have read it."""
    session.seeks_unmet = True
    kind = session.seeks.value if session.seeks else ""
    turn.log(session, EventType.CALL_UNMET, {"kind": kind})
