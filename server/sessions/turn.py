"""One command's turn: the transaction, who acts, when, and what it touched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.storage.engine import Transaction
from server.storage.schema import Event, Participant, Session
from signaling.errors import Conflict
from signaling.events import EventType
from signaling.machine import IllegalTransition
from signaling.participant import PARTICIPANT, ParticipantEvent
from signaling.recording import RECORDING, RecordingEvent
from signaling.session import SESSION, SessionEvent

_REWORDS = frozenset(
    {
        EventType.SESSION_REQUESTED,
        EventType.SESSION_REQUEUED,
        EventType.CALL_ACCEPTED,
        EventType.RECORDING_STARTED,
        EventType.ADVICE_ADDED,
        EventType.ADVICE_CORRECTED,
    }
)
"""After these a session is found by other words or filters than before."""


@dataclass(slots=True)
class Turn:
    """What a handler works with; ``actor`` is None where the service itself acts.

    ``touched``: sessions that changed; ``reworded``: those that the search must learn anew.
    """

    db: Transaction
    now: datetime
    actor: str | None = None
    touched: set[str] = field(default_factory=set)
    reworded: dict[str, Session] = field(default_factory=dict)

    def log(
        self,
        session: Session,
        event: EventType,
        body: Mapping[str, Any] | None = None,
        participant: Participant | None = None,
        at: datetime | None = None,
    ) -> Event:
        """Append to the session's log, in the transaction of the change."""
        session.seq += 1
        self.touched.add(session.id)
        if event in _REWORDS:
            self.reworded[session.id] = session
        entry = Event(
            session_id=session.id,
            seq=session.seq,
            at=at or self.now,
            type=event.value,
            actor_id=self.actor,
            participant_id=participant.id if participant else None,
            body=dict(body or {}),
        )
        self.db.add(entry)
        return entry

    def step(self, session: Session, event: SessionEvent) -> None:
        """Move the session on; raise Conflict where its table says no."""
        try:
            session.state = SESSION.step(session.state, event)
        except IllegalTransition as illegal:
            raise Conflict from illegal


def step_recording(session: Session, event: RecordingEvent) -> bool:
    """Move the recording on if its table allows; tell whether it did.

    The relay's word may come late or twice: what no longer fits is old news, not an error.
    """
    if not RECORDING.allows(session.recording, event):
        return False
    session.recording = RECORDING.step(session.recording, event)
    return True


def step_participant(participant: Participant, event: ParticipantEvent) -> bool:
    """Move a participant on if the table allows; tell whether it did."""
    if not PARTICIPANT.allows(participant.state, event):
        return False
    participant.state = PARTICIPANT.step(participant.state, event)
    return True
