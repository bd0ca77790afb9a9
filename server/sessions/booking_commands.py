"""Booking, moving and cancelling from the pages of terminals, desks and the admin."""

from server.sessions import adjourning, repository, ring
from server.sessions.booking import Wanted, call_off, moment, place, shift_to
from server.sessions.repository import appointments as rows
from server.sessions.room.lobby import dismiss
from server.sessions.service import Answer, Call
from server.storage.schema import Appointment
from signaling.commands import BookAppointment, BookSession
from signaling.errors import Conflict, NotAllowed, NotFound
from signaling.events import EventType
from signaling.moments import milliseconds
from signaling.rights import Role
from signaling.session import WAITING, SessionEvent


async def book_appointment(call: Call) -> Answer:
    """Book from a terminal, a desk or the admin's page."""
    body: BookAppointment = call.body
    wanted = Wanted(
        station_id=_station_for(call),
        lawyer_id=body.lawyer,
        starts_at=moment(body.starts_at),
        kind=body.kind,
        matter=body.matter,
        about=body.about,
    )
    if call.principal.role is Role.LAWYER and body.lawyer != call.principal.account_id:
        raise NotAllowed
    made = await place(call.turn, wanted, call.principal.account_id)
    return {"appointment": made.id}


async def book_session(call: Call) -> Answer:
    """Put a session off to a time: one that waits, or one that asked to be called back."""
    body: BookSession = call.body
    session, turn = call.about, call.turn
    wanted = Wanted(
        station_id=session.station_id,
        lawyer_id=body.lawyer,
        starts_at=moment(body.starts_at),
        kind=session.kind,
        matter=session.matter_code,
        about=session.facts,
        origin=session,
    )
    if session.state in WAITING:
        await _put_off(call)
    else:
        await _called_back(call)
    made = await place(turn, wanted, call.principal.account_id)
    booked = {"appointment": made.id, "starts_at": milliseconds(made.starts_at)}
    turn.log(session, EventType.SESSION_BOOKED, booked)
    return {"appointment": made.id}


async def move_appointment(call: Call) -> Answer:
    """Move one's own."""
    made = await own(call, call.body.appointment)
    await shift_to(call.turn, made, moment(call.body.starts_at), call.body.reason)
    return {}


async def cancel_appointment(call: Call) -> Answer:
    """Cancel one's own."""
    await call_off(call.turn, await own(call, call.body.appointment), call.body.reason)
    return {}


async def own(call: Call, appointment_id: str) -> Appointment:
    """Return the station's, or the lawyer's, own appointment, locked; raises NotFound."""
    made = await rows.lock_appointment(call.turn.db, appointment_id)
    who = call.principal
    if made is None:
        raise NotFound
    mine = {
        Role.MEDIATOR: made.station_id == who.station_id,
        Role.LAWYER: made.lawyer_id == who.account_id,
    }
    if not mine.get(who.role, False):
        raise NotFound
    return made


def _station_for(call: Call) -> str:
    wanted, station = call.body.station, call.principal.station_id
    if call.principal.role is not Role.MEDIATOR:
        station = wanted
    elif wanted not in (None, station):
        raise NotFound
    if station is None:
        raise NotAllowed("no_station", "请在已登记的站点终端上预约，或选择工作站。")
    return station


async def _put_off(call: Call) -> None:
    turn, session = call.turn, call.about
    await ring.withdraw(turn, session)
    turn.step(session, SessionEvent.DEFER)
    await dismiss(turn, session)
    session.due_at = None
    session.ended_at = turn.now
    await adjourning.reopen(turn, session)


async def _called_back(call: Call) -> None:
    callback = await repository.callback_of(call.turn.db, call.about.id)
    if callback is None or callback.done_at is not None:
        raise Conflict
    callback.done_at = call.turn.now
    callback.done_by = call.principal.account_id
