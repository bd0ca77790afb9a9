"""The duty desk: who is on duty, and who was rung."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.commands import DeclineReason
from signaling.dispatch import Stage


class Duty(Base):
    """A lawyer on duty now. ``lease_until``: a browser of theirs was connected until about then."""

    __tablename__ = "duty"

    lawyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime]
    free_since: Mapped[datetime]
    lease_until: Mapped[datetime] = mapped_column(index=True)
    # When the lawyer took the last call, on this or an earlier duty: whose turn it is next.
    served_at: Mapped[datetime | None]
    # Backup (后备): rung only after everybody on duty was.
    standby: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The session that has this lawyer: set by compare-and-set, so that one lawyer has one call.
    session_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("session.id"), unique=True
    )
    # The session this lawyer was called into as a second; never both.
    helping_id: Mapped[str | None] = mapped_column(String(32), index=True)


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
    stage: Mapped[Stage] = mapped_column(
        Word(Stage), default=Stage.SINGLE, server_default=Stage.SINGLE.value
    )
    # What speaks against this lawyer and should be looked at first (signaling.dispatch.Note).
    notes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    rang_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(
        String(20), default=""
    )  # accepted | declined | missed | withdrawn
    decline_reason: Mapped[DeclineReason | None] = mapped_column(Word(DeclineReason))


class DispatchStep(Base):
    """A step of the dispatch policy (派单): what was decided for a session, when and why.

    ``considered``: ``[{lawyer, verdict, notes}]``, the best placed first; never the names that a
    conflict of interest is about. ``more``: counts by verdict of those who are not listed.
    ``asked_by``: the lawyer in the talk who asked for a colleague, and ``reason``, why.
    """

    __tablename__ = "dispatch_step"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    step: Mapped[str] = mapped_column(String(12))  # a Stage, or wait | give_up
    until: Mapped[datetime | None]
    considered: Mapped[list[Any]]
    more: Mapped[dict[str, Any]] = mapped_column(default=dict)
    asked_by: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(100), default="", server_default="")


class DeclaredConflict(Base):
    """A name that a lawyer has an interest in (回避申报); only that lawyer reads it."""

    __tablename__ = "declared_conflict"
    __table_args__ = (UniqueConstraint("lawyer_id", "folded"),)

    id: Mapped[str] = id_column()
    lawyer_id: Mapped[str] = reference("account.id")
    name: Mapped[str] = mapped_column(String(60))
    # As names are compared: see signaling.names.
    folded: Mapped[str] = mapped_column(String(60), index=True)
    declared_at: Mapped[datetime]
