"""A room that is no longer where it was: the relay was restarted, or another one takes it."""

from collections.abc import Awaitable, Callable

from server.media.relay_events import lose
from server.sessions import repository
from server.sessions.repository import kept
from server.sessions.room.kept import move_kept
from server.sessions.service import Answer
from server.sessions.turn import Turn, step_recording
from server.storage.schema import Session
from signaling.events import EventType
from signaling.recording import RecordingEvent, RecordingState
from signaling.session import IN_ROOM


def restarted(session_id: str, relay: str, boot: str) -> Callable[[Turn], Awaitable[Answer]]:
    """Return the work of noting it, once."""

    async def work(turn: Turn) -> Answer:
        session = await repository.lock_session(turn.db, session_id)
        if session is not None:
            await move(turn, session, relay, boot)
        return {}

    return work


def abandoned(session_id: str, relay: str) -> Callable[[Turn], Awaitable[Answer]]:
    """Return the work of noting that nobody runs this relay any more, once."""

    async def work(turn: Turn) -> Answer:
        session = await repository.lock_session(turn.db, session_id)
        if session is not None and session.relay == relay:
            await move(turn, session, None, None)
        return {}

    return work


async def move(turn: Turn, session: Session, relay: str | None, boot: str | None) -> None:
    """Put the session's room on this relay; if it was elsewhere, everybody must come anew.

    None: on none, until whoever comes first finds one.
    """
    before = session.relay, session.relay_boot
    session.relay, session.relay_boot = relay, boot
    if before in ((None, None), (relay, boot)):
        return
    if session.state not in IN_ROOM:
        _close(turn, session)
        return
    session.media_epoch += 1
    for participant in await repository.participants_of(turn.db, session.id):
        await lose(turn, session, participant)
    step_recording(session, RecordingEvent.INTERRUPT)
    for recording in await kept.recordings_of(turn.db, session.id):
        move_kept(turn, session, recording, RecordingEvent.INTERRUPT)
    interrupted = session.recording is RecordingState.INTERRUPTED
    event = EventType.RECORDING_INTERRUPTED if interrupted else EventType.MEDIA_RESTARTED
    turn.log(session, event, {"cause": "relay_restart"})


def _close(turn: Turn, session: Session) -> None:
    """Nobody comes again: what is on disk is all there is."""
    if step_recording(session, RecordingEvent.CLOSE):
        turn.log(session, EventType.RECORDING_CLOSED, {"cause": "relay_restart"})
