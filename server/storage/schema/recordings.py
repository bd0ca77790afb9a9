"""What was recorded, who watched it, and copies of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference


class Segment(Base):
    """A sealed piece of one participant's track; the journal on disk says the same."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("session_id", "journal_seq"),)

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    participant_id: Mapped[str] = mapped_column(String(32), ForeignKey("participant.id"))
    journal_seq: Mapped[int]
    track: Mapped[str] = mapped_column(String(20))
    index: Mapped[int]
    file: Mapped[str] = mapped_column(String(200))
    codec: Mapped[str] = mapped_column(String(10))
    start_at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(Float)
    frames: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class Gap(Base):
    """A span in which a track has nothing, and why."""

    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("session_id", "journal_seq"),)

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    participant_id: Mapped[str] = mapped_column(String(32), ForeignKey("participant.id"))
    journal_seq: Mapped[int]
    track: Mapped[str] = mapped_column(String(20))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    cause: Mapped[str] = mapped_column(String(20))


class Viewing(Base):
    """Somebody opened a recording, for a stated purpose."""

    __tablename__ = "viewing"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    account_id: Mapped[str] = reference("account.id")
    purpose: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Export(Base):
    """A copy of a recording to hand on (导出), made by the jobs; for a stated purpose.

    ``derived_from``: the journal's last hash and those of the segments it was made of, or the
    integrity value of what a bundle holds. ``decided_by_id``: the second person, where the
    policy asks for one.
    """

    __tablename__ = "export"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    account_id: Mapped[str] = reference("account.id", index=False)
    purpose: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10), default="video", server_default="video")
    # asked | refused | waiting | working | done | failed | expired
    state: Mapped[str] = mapped_column(String(20))
    decided_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    # Whoever works on it renews this; a worker that died is followed by another one.
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(40), default="")
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float | None] = mapped_column(Float)
    sha256: Mapped[str | None] = mapped_column(String(64))
    derived_from: Mapped[dict[str, Any]] = mapped_column(default=dict)
