"""What becomes of a session whose time is up."""

from collections.abc import Sequence
from datetime import timedelta

from server.dispatch.seeking import seek_next
from server.sessions import adjourning, repository, ring, seeking
from server.sessions.calls import CONNECT_WITHIN
from server.sessions.handover import requeue, succeed
from server.sessions.minding import ABANDONED, LAWYER_BACK, mind
from server.sessions.talk import WRAP_UP, everybody_leaves
from server.sessions.turn import Turn, step_participant
from server.storage.schema import Participant, Session
from signaling.dispatch import Rule
from signaling.events import EventType
from signaling.participant import ParticipantEvent, ParticipantState
from signaling.session import SessionEvent


def _due(turn: Turn, session: Session) -> bool:
    return session.due_at is not None and session.due_at <= turn.now


async def give_up_waiting(turn: Turn, session: Session) -> None:
    """Nobody chose after nobody answered: the people have gone."""
    if not _due(turn, session):
        return
    turn.step(session, SessionEvent.CANCEL)
    session.ended_at = turn.now
    session.due_at = None
    await everybody_leaves(turn, session)
    turn.log(session, EventType.SESSION_CANCELLED, {"by": "time"})
    await adjourning.reopen(turn, session)


async def check_connecting(turn: Turn, session: Session) -> None:
    """A lawyer who accepted but never came into the room loses the call to the queue."""
    if not _due(turn, session):
        return
    participants = await repository.participants_of(turn.db, session.id)
    mine = [one for one in participants if one.account_id == session.lawyer_id]
    if any(one.state is ParticipantState.CONNECTED for one in mine):
        _later(turn, session, CONNECT_WITHIN)
        return
    _leave(turn, session, mine)
    await repository.release_lawyer(turn.db, session.id, turn.now)
    turn.step(session, SessionEvent.REQUEUE)
    session.lawyer_id = None
    if session.live_at is None:
        session.accepted_at = None  # to these people nobody has answered yet
    session.attempt_at = session.due_at = turn.now
    turn.log(session, EventType.SESSION_REQUEUED, {"cause": "lawyer_did_not_connect"})


async def look_after(turn: Turn, session: Session, rule: Rule) -> None:
    """A colleague who does not answer, a lawyer who does not come back, a room of nobody."""
    if not _due(turn, session):
        return
    for offer in await repository.open_offers(turn.db, session.id):
        if offer.until <= turn.now:
            ring.end(offer, "missed", turn.now)
            turn.log(session, EventType.CALL_MISSED, {"lawyer": offer.lawyer_id})
    await turn.db.flush()
    await mind(turn, session)
    if session.alone_at is not None and turn.now >= session.alone_at + ABANDONED:
        await _hang_up(turn, session)
    elif session.alone_at is None and _lawyer_is_gone(turn, session):
        # To a second lawyer in the room; else first back to who had it, if they are there again,
        # then to the whole desk.
        if not await succeed(turn, session, "lawyer_lost"):
            await requeue(turn, session, "lawyer_lost", prefers=session.lawyer_id)
    elif seeking.for_anybody(session):
        await seek_next(turn, session, rule)


def _lawyer_is_gone(turn: Turn, session: Session) -> bool:
    lost = session.lawyer_lost_at
    return lost is not None and turn.now >= lost + LAWYER_BACK


async def _hang_up(turn: Turn, session: Session) -> None:
    turn.step(session, SessionEvent.HANG_UP)
    session.ended_at = turn.now
    _later(turn, session, WRAP_UP)
    await everybody_leaves(turn, session)
    turn.log(session, EventType.SESSION_HUNG_UP, {"by": "time"})


async def free_lawyer(turn: Turn, session: Session) -> None:
    """The time for completing the advice is up: the lawyer can be rung; the session stays open."""
    if not _due(turn, session):
        return
    await repository.release_lawyer(turn.db, session.id, turn.now)
    session.due_at = None
    session.seq += 1
    turn.touched.add(session.id)


def _later(turn: Turn, session: Session, by: timedelta) -> None:
    session.due_at = turn.now + by
    session.seq += 1
    turn.touched.add(session.id)


def _leave(turn: Turn, session: Session, participants: Sequence[Participant]) -> None:
    for participant in participants:
        if step_participant(participant, ParticipantEvent.LEAVE):
            turn.log(session, EventType.PARTICIPANT_LEFT, participant=participant)
