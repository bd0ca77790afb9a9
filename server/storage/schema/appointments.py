"""Appointments, what they occupy and what became of them; calls from the centre to a station."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.appointment import AppointmentState
from signaling.commands import SessionKind
from signaling.station_call import StationCallState

_STANDING = text("state IN ('booked', 'entered')")
_RINGING = text("state = 'ringing'")


def _one_ringing(column: str) -> Index:
    """One call at a time for this: the database itself says no to a second one."""
    return Index(
        f"uq_station_call_{column}",
        column,
        unique=True,
        sqlite_where=_RINGING,
        postgresql_where=_RINGING,
    )


class Appointment(Base):
    """A lawyer and a station booked for a time (预约)."""

    __tablename__ = "appointment"
    # A session that was put off has one appointment that stands: the database keeps it so.
    __table_args__ = (
        Index(
            "uq_appointment_origin",
            "origin_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[str] = id_column()
    station_id: Mapped[str] = reference("station.id")
    lawyer_id: Mapped[str] = reference("account.id")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    state: Mapped[AppointmentState] = mapped_column(Word(AppointmentState), index=True)
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    matter_code: Mapped[str] = mapped_column(String(32), ForeignKey("matter.code"))
    # In a few words what it is about, for the lawyer; people's names are asked when they come.
    about: Mapped[str] = mapped_column(String(200), default="")
    made_by: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    made_at: Mapped[datetime]
    # The session that nobody answered, and the one that the appointment has become.
    origin_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("session.id"))
    session_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("session.id"), unique=True
    )
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    # Counts changes and keeps two writers apart, as a session's ``seq`` does.
    seq: Mapped[int] = mapped_column(default=0)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Compare-and-set on ``seq``: a writer who read an older row raises StaleDataError."""
        return {"version_id_col": cls.__table__.c.seq, "version_id_generator": False}


class AppointmentEntry(Base):
    """What happened to an appointment, when and by whom: one row a change."""

    __tablename__ = "appointment_entry"

    appointment_id: Mapped[str] = mapped_column(
        String(32), ForeignKey("appointment.id"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    type: Mapped[str] = mapped_column(String(20))  # booked, or an AppointmentEvent
    actor_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)


class BookedCell(Base):
    """A quarter of an hour of a lawyer or a station that is taken.

    The key is the constraint: two appointments that share a moment of either cannot both be stored.
    """

    __tablename__ = "booked_cell"

    holder_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    appointment_id: Mapped[str] = reference("appointment.id")


class StationCall(Base):
    """The centre calls a station's terminal (呼叫终端)."""

    __tablename__ = "station_call"
    __table_args__ = tuple(_one_ringing(one) for one in ("lawyer_id", "mediator_id", "station_id"))

    id: Mapped[str] = id_column()
    lawyer_id: Mapped[str] = reference("account.id", index=False)
    station_id: Mapped[str] = reference("station.id", index=False)
    # Whoever is signed in at the terminal that rings.
    mediator_id: Mapped[str] = reference("account.id", index=False)
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    matter_code: Mapped[str] = mapped_column(String(32), ForeignKey("matter.code"))
    appointment_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("appointment.id"))
    state: Mapped[StationCallState] = mapped_column(Word(StationCallState), index=True)
    rang_at: Mapped[datetime] = mapped_column(index=True)
    # Until when it rings, and from when on the terminal may answer by itself.
    until: Mapped[datetime]
    auto_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    answered_by_itself: Mapped[bool] = mapped_column(default=False, server_default=false())
    session_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("session.id"), unique=True
    )


class StationAnswering(Base):
    """What a station allows its terminals when nobody is there (无人值守)."""

    __tablename__ = "station_answering"

    station_id: Mapped[str] = mapped_column(String(32), ForeignKey("station.id"), primary_key=True)
    allowed: Mapped[bool]
    # Minutes of the district's day, and weekdays as digits 0..6, Monday first.
    start: Mapped[int]
    end: Mapped[int]
    days: Mapped[str] = mapped_column(String(7))
    set_by: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    set_at: Mapped[datetime]
