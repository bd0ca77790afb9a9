"""Sessions, the people in them, and their log."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, validates

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.commands import SessionKind
from signaling.consent import How
from signaling.dispatch import Stage
from signaling.names import fold
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState


class Session(Base):
    """One remote mediation or consultation (远程调解/咨询)."""

    __tablename__ = "session"
    # All that the overview counts: its questions are answered from the index alone.
    __table_args__ = (
        Index(
            "ix_session_overview",
            "requested_at",
            "station_id",
            "kind",
            "state",
            "accepted_at",
        ),
    )

    id: Mapped[str] = id_column()
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    matter_code: Mapped[str] = mapped_column(String(32), ForeignKey("matter.code"))
    facts: Mapped[str] = mapped_column(Text, default="")
    station_id: Mapped[str] = reference("station.id")
    mediator_id: Mapped[str] = reference("account.id")
    lawyer_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    state: Mapped[SessionState] = mapped_column(Word(SessionState), index=True)
    recording: Mapped[RecordingState] = mapped_column(Word(RecordingState))
    # seq counts the log's entries and, as a compare-and-set, keeps two writers apart.
    seq: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[datetime] = mapped_column(index=True)
    # What the mediator says of who waits (signaling.dispatch.Need), and a language they ask for.
    needs: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # The place in the queue: the request less the head start of the needs.
    queue_at: Mapped[datetime | None] = mapped_column(index=True)
    # The lawyer who is rung first: it was handed to them, or they dropped out of it.
    prefers_id: Mapped[str | None] = mapped_column(String(32))
    attempt_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None] = mapped_column(index=True)
    live_at: Mapped[datetime | None]
    recording_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    receipt_at: Mapped[datetime | None]
    # The terminal has gone back to its home screen: nothing personal stays on it.
    left_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    # Since when the room has lost everybody, or its lawyer: how long they are waited for.
    alone_at: Mapped[datetime | None]
    lawyer_lost_at: Mapped[datetime | None]
    # A colleague is asked for beside the talk: as what, whom (None: whoever is free), since when,
    # why; and whether nobody came, until who asked has read it.
    seeks: Mapped[Stage | None] = mapped_column(Word(Stage))
    seeks_id: Mapped[str | None] = mapped_column(String(32))
    seeks_at: Mapped[datetime | None]
    seeks_reason: Mapped[str] = mapped_column(String(100), default="", server_default="")
    seeks_unmet: Mapped[bool] = mapped_column(default=False, server_default=false())
    relay: Mapped[str | None] = mapped_column(String(200))
    relay_boot: Mapped[str | None] = mapped_column(String(32))
    media_epoch: Mapped[int] = mapped_column(default=0)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Compare-and-set on ``seq``: a writer who read an older row raises StaleDataError."""
        return {"version_id_col": cls.__table__.c.seq, "version_id_generator": False}


class Person(Base):
    """A party (当事人); ``here``: beside the terminal, else a guest from elsewhere.

    ``guardian``: who answers for a minor (监护人), empty where nobody needs to. ``was_id``: who it
    was in the session that this one continues, where the mediator said so.
    """

    __tablename__ = "person"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    # As names are compared: see signaling.names; it follows every name that is set.
    folded: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)
    phone: Mapped[str] = mapped_column(String(20), default="")
    here: Mapped[bool] = mapped_column(default=True, server_default=true())
    minor: Mapped[bool] = mapped_column(default=False, server_default=false())
    guardian: Mapped[str] = mapped_column(String(40), default="", server_default="")
    was_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))

    @validates("name")
    def _fold(self, _column: str, name: str) -> str:
        """Keep both names together: by the folded one lawyers are kept from whom they declared."""
        self.folded = fold(name)[:40]
        return name


class Participant(Base):
    """Somebody (or a terminal) with media in the room."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("session_id", "account_id"),)

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    account_id: Mapped[str] = reference("account.id")
    role: Mapped[Role] = mapped_column(Word(Role))
    name: Mapped[str] = mapped_column(String(40))
    place: Mapped[int]
    state: Mapped[ParticipantState] = mapped_column(Word(ParticipantState))
    microphone: Mapped[bool] = mapped_column(default=True, server_default=true())
    camera: Mapped[bool] = mapped_column(default=True, server_default=true())
    screen: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Shut by the mediator; the relay passes nothing of the microphone on.
    hushed: Mapped[bool] = mapped_column(default=False, server_default=false())
    hand_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]


class Consent(Base):
    """What somebody agreed to or refused, when, in which wording; never changed, only followed."""

    __tablename__ = "consent"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    account_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    subject: Mapped[str] = mapped_column(String(32))  # a signaling.consent.Subject
    given: Mapped[bool]
    notice_version: Mapped[str] = mapped_column(String(32), ForeignKey("notice_text.version"))
    at: Mapped[datetime]
    how: Mapped[How] = mapped_column(Word(How), default=How.TAP, server_default=How.TAP.value)
    # Where in the recording it was said, in seconds; whose word it is for a minor.
    media_seconds: Mapped[float | None] = mapped_column(Float)
    guardian: Mapped[str] = mapped_column(String(40), default="", server_default="")


class Event(Base):
    """The session's log: one row a change, in the transaction of the change."""

    __tablename__ = "event"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    type: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    participant_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("participant.id"))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DoneCommand(Base):
    """A command that was carried out, with its answer: sent again, it is answered again."""

    __tablename__ = "done_command"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    actor_id: Mapped[str | None] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(String(40))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)


class Advice(Base):
    """An entry of the advice log (法律建议); never changed, only corrected by a later one."""

    __tablename__ = "advice"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    author_id: Mapped[str] = reference("account.id", index=False)
    at: Mapped[datetime]
    media_seconds: Mapped[float | None] = mapped_column(Float)
    matter_code: Mapped[str] = mapped_column(String(32), ForeignKey("matter.code"))
    advice: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[list[Any]] = mapped_column(default=list)
    bring: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    corrects_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("advice.id"), unique=True
    )


class Callback(Base):
    """Somebody asked to be called back."""

    __tablename__ = "callback"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), unique=True)
    phone: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
