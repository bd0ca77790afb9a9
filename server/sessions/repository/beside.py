"""Whether there is something beside the session to show: appointments, calls, rings.

Most pages have none of it: one question tells, together with what they show anyway.
"""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import exists, select

from server.storage.engine import Transaction
from server.storage.quick import Question, among, given
from server.storage.schema import Account, Appointment, Duty, RingOffer, Station, StationCall
from signaling.appointment import STANDING
from signaling.station_call import StationCallState


class AtTerminal(Protocol):
    """A terminal's station, and whether there is something beside the session to show."""

    name: str
    phone: str
    is_booked: bool
    is_called: bool


class AtDesk(Protocol):
    """A lawyer's duty row, if any (``lawyer_id`` is None without), and the like."""

    lawyer_id: str | None
    since: datetime
    standby: bool
    helping_id: str | None
    is_booked: bool
    is_calling: bool
    is_rung: bool


def _is_booked(whose: Any) -> Any:
    stands = among(Appointment.state, STANDING)
    return exists().where(whose, stands, Appointment.ends_at > given("now")).label("is_booked")


def _is_ringing(whose: Any) -> Any:
    return exists().where(whose, StationCall.state == StationCallState.RINGING)


_AT_TERMINAL: Question[AtTerminal] = Question(
    select(
        Station.name,
        Station.phone,
        _is_booked(Appointment.station_id == Station.id),
        _is_ringing(StationCall.mediator_id == given("mediator")).label("is_called"),
    ).where(Station.id == given("station"))
)
_AT_DESK: Question[AtDesk] = Question(
    select(
        Duty.lawyer_id,
        Duty.since,
        Duty.standby,
        Duty.helping_id,
        _is_booked(Appointment.lawyer_id == Account.id),
        _is_ringing(StationCall.lawyer_id == Account.id).label("is_calling"),
        exists()
        .where(RingOffer.lawyer_id == Account.id, RingOffer.ended_at.is_(None))
        .label("is_rung"),
    )
    .select_from(Account)
    .outerjoin(Duty, Duty.lawyer_id == Account.id)
    .where(Account.id == given("lawyer"))
)


async def at_terminal(
    db: Transaction, station_id: str, mediator_id: str, now: datetime
) -> AtTerminal | None:
    """Return what a terminal of this station shows; None: there is no such station."""
    return await _AT_TERMINAL.first(db, station=station_id, mediator=mediator_id, now=now)


async def at_desk(db: Transaction, lawyer_id: str, now: datetime) -> AtDesk | None:
    """Return what this lawyer's desk shows; None: there is no such account."""
    return await _AT_DESK.first(db, lawyer=lawyer_id, now=now)
