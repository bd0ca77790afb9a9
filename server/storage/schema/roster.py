"""The roster: who is to be on duty when, what was swapped, and who really was."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.roster import EntryKind


class RosterEntry(Base):
    """A line of the roster (值班表), every week or on one day; minutes of the district's day."""

    __tablename__ = "roster_entry"

    id: Mapped[str] = id_column()
    lawyer_id: Mapped[str] = reference("account.id")
    kind: Mapped[EntryKind] = mapped_column(Word(EntryKind))
    weekday: Mapped[int | None]
    day: Mapped[date | None] = mapped_column(index=True)
    start: Mapped[int]
    end: Mapped[int]
    reason: Mapped[str] = mapped_column(String(100), default="")
    made_by: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    made_at: Mapped[datetime]


class RosterSwap(Base):
    """A shift that one lawyer asks another to take (换班); it counts when that one has agreed."""

    __tablename__ = "roster_swap"

    id: Mapped[str] = id_column()
    giver_id: Mapped[str] = reference("account.id")
    taker_id: Mapped[str] = reference("account.id")
    day: Mapped[date] = mapped_column(index=True)
    start: Mapped[int]
    end: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))  # asked | agreed | refused | withdrawn
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class DutyPeriod(Base):
    """A time on duty as it was: what hours are counted from; ``reason``: off the roster."""

    __tablename__ = "duty_period"
    # One open period a lawyer: the database itself says no to a second one.
    __table_args__ = (
        Index(
            "uq_duty_period_open",
            "lawyer_id",
            unique=True,
            sqlite_where=text("off_at IS NULL"),
            postgresql_where=text("off_at IS NULL"),
        ),
    )

    id: Mapped[str] = id_column()
    lawyer_id: Mapped[str] = reference("account.id")
    on_at: Mapped[datetime] = mapped_column(index=True)
    off_at: Mapped[datetime | None]
    on_reason: Mapped[str] = mapped_column(String(100), default="")
    off_reason: Mapped[str] = mapped_column(String(100), default="")
