"""The duty desk: who is on duty, and who was rung."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.commands import DeclineReason


class Duty(Base):
    """A lawyer on duty now. ``lease_until``: a browser of theirs was connected until about then."""

    __tablename__ = "duty"

    lawyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime]
    free_since: Mapped[datetime]
    lease_until: Mapped[datetime] = mapped_column(index=True)
    # The session that has this lawyer: set by compare-and-set, so that one lawyer has one call.
    session_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("session.id"), unique=True
    )


class RingOffer(Base):
    """A lawyer was rung for a session; ``outcome`` is set when it ends."""

    __tablename__ = "ring_offer"
    # A lawyer is rung for one session at a time: the database itself says no to a second ring.
    __table_args__ = (
        Index(
            "uq_ring_offer_open",
            "lawyer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    lawyer_id: Mapped[str] = reference("account.id", index=False)
    attempt_at: Mapped[datetime]
    everyone: Mapped[bool]
    rang_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(
        String(20), default=""
    )  # accepted | declined | missed | withdrawn
    decline_reason: Mapped[DeclineReason | None] = mapped_column(Word(DeclineReason))
