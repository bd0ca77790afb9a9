"""The recorded talk apart (背对背谈话录音录像): the policy, its recordings, consents and viewings.

Nothing of it stands in the tables of the session's own recording, so that no list, search, view or
copy of a session can tell of it by mistake.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.consent import How
from signaling.recording import RecordingState


class ApartPolicy(Base):
    """Whether talks apart may be recorded at all, and the wording that people agree to.

    Never changed, only followed: the newest counts, and none means no.
    """

    __tablename__ = "apart_policy"

    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    allowed: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
    set_by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))


class ApartRecording(Base):
    """The mediator has asked to record a talk apart; ``id`` is the talk's, and its folder's name.

    ``state``: as the relay says. ``started_at``: when its first cluster was on the disk.
    """

    __tablename__ = "apart_recording"

    id: Mapped[str] = mapped_column(String(32), ForeignKey("caucus.id"), primary_key=True)
    session_id: Mapped[str] = reference("session.id")
    version: Mapped[str] = mapped_column(String(32), ForeignKey("apart_policy.version"))
    state: Mapped[RecordingState] = mapped_column(Word(RecordingState))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]


class ApartConsent(Base):
    """Somebody in a talk apart agreed to its recording, refused, or took it back."""

    __tablename__ = "apart_consent"

    id: Mapped[str] = id_column()
    recording_id: Mapped[str] = reference("apart_recording.id")
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    account_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    given: Mapped[bool]
    version: Mapped[str] = mapped_column(String(32), ForeignKey("apart_policy.version"))
    at: Mapped[datetime]
    how: Mapped[How] = mapped_column(Word(How))
    # Whose word it is for a minor.
    guardian: Mapped[str] = mapped_column(String(40), default="")


class ApartViewing(Base):
    """Somebody wants to watch the recording of a talk apart, for a purpose; a second one decides.

    ``state``: asked, approved or refused. ``expires_at`` is set with the approval.
    """

    __tablename__ = "apart_viewing"

    id: Mapped[str] = id_column()
    recording_id: Mapped[str] = reference("apart_recording.id")
    account_id: Mapped[str] = reference("account.id", index=False)
    purpose: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
