"""In the room: what one shows, a break, hanging up."""

from datetime import datetime, timedelta

from server.sessions import repository, ring, seeking
from server.sessions.repository import asked
from server.sessions.room.lobby import dismiss
from server.sessions.service import Answer, Call
from server.sessions.turn import Turn, step_participant
from server.storage.schema import Session
from signaling.commands import PauseSession, ShowMedia
from signaling.errors import NotFound
from signaling.events import EventType
from signaling.participant import PLACES, ParticipantEvent
from signaling.session import SessionEvent

WRAP_UP = timedelta(minutes=2)
"""A lawyer is not rung for this long after a talk, unless they close it earlier."""


async def show_media(call: Call) -> Answer:
    """Note what a participant sends, so that the others' pages can say so."""
    body: ShowMedia = call.body
    me = await repository.participant_of(call.turn.db, call.about.id, call.principal.account_id)
    if me is None:
        raise NotFound
    pictured = me.place < PLACES
    shown = {
        "microphone": body.microphone,
        "camera": body.camera and pictured,
        "screen": body.screen and pictured,
    }
    if shown != {name: getattr(me, name) for name in shown}:
        for name, on in shown.items():
            setattr(me, name, on)
        call.turn.log(call.about, EventType.PARTICIPANT_SHOWED, shown, me)
    return {}


async def pause_session(call: Call) -> Answer:
    """Take a break; the relay stops writing, and says so itself."""
    body: PauseSession = call.body
    call.turn.step(call.about, SessionEvent.PAUSE)
    call.turn.log(call.about, EventType.SESSION_PAUSED, {"reason": body.reason})
    return {}


async def resume_session(call: Call) -> Answer:
    """Go on after a break."""
    call.turn.step(call.about, SessionEvent.RESUME)
    call.turn.log(call.about, EventType.SESSION_RESUMED)
    return {}


async def hang_up(call: Call) -> Answer:
    """End the talk for all; the lawyer has time to complete the advice."""
    await end_talk(call)
    return {}


async def end_talk(call: Call) -> None:
    """Hang up for all."""
    session, turn = call.about, call.turn
    await everybody_leaves(turn, session)
    turn.step(session, SessionEvent.HANG_UP)
    session.ended_at = turn.now
    session.due_at = turn.now + WRAP_UP
    turn.log(session, EventType.SESSION_HUNG_UP, {"by": call.principal.role.value})


async def everybody_leaves(turn: Turn, session: Session) -> None:
    """End the room for all: those in it, those called or rung into it, those who wait outside."""
    around = await asked.around(turn.db, session.id)
    participants = await repository.participants_of(turn.db, session.id)
    if around.has_rings:
        await ring.withdraw(turn, session)
    seeking.end(session)
    if around.has_helpers:
        await repository.release_helpers(turn.db, session.id, turn.now)
    for participant in participants:
        if step_participant(participant, ParticipantEvent.LEAVE):
            turn.log(session, EventType.PARTICIPANT_LEFT, participant=participant)
    if around.has_guests or around.has_caucus:
        await dismiss(turn, session)


def media_seconds(session: Session, now: datetime, marked: float | None = None) -> float | None:
    """Return seconds since the recording (else the talk) began; after the talk: its last moment.

    ``marked``: an earlier moment that somebody has marked, in the same seconds.
    """
    origin = session.recording_at or session.live_at
    if origin is None:
        return None
    # The relay's clock, which gave the origin, may be a little ahead of ours.
    elapsed = max(0.0, ((session.ended_at or now) - origin).total_seconds())
    return round(elapsed if marked is None else min(marked, elapsed), 3)
