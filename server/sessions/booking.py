"""Appointments (预约): what is free, booked, moved, cancelled, gone into; what time does to them.

The database alone keeps two bookings apart (``BookedCell``). What is free is looked up first so
that people can be told; whoever loses the race is told the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from server.roster import plan
from server.sessions import repository
from server.sessions.repository import appointments as rows
from server.sessions.repository import asked
from server.sessions.turn import Turn
from server.storage.schema import Appointment, AppointmentEntry, Session, new_id
from signaling.appointment import (
    AHEAD_DAYS,
    APPOINTMENT,
    SLOT,
    STANDING,
    AppointmentEvent,
    Slot,
    cells,
    doors_open,
    free_slots,
    missed,
)
from signaling.commands import SessionKind
from signaling.errors import Conflict, NotFound, UserError
from signaling.machine import IllegalTransition
from signaling.moments import milliseconds
from signaling.session import WAITING

MARK = "appointment/"
"""Before an appointment's id where the ids of changed sessions are told."""

MOST_ABOUT = 200


class SlotTaken(Conflict):
    """Booked meanwhile, or never free."""

    code = "slot_taken"
    message = "这个时间刚被约走或不能预约，请另选一个时间。"


class AppointmentOver(Conflict):
    """Moved on: gone in, missed, or cancelled."""

    code = "appointment_over"
    message = "这个预约已经开始、结束或取消。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be booked; ``origin``: the session that is put off."""

    station_id: str
    lawyer_id: str
    starts_at: datetime
    kind: SessionKind
    matter: str
    about: str = ""
    origin: Session | None = None


async def slots(
    turn: Turn, station_id: str, origin: str | None = None, but: str | None = None
) -> list[Slot]:
    """Return the free slots for a station: of lawyers with no interest in the origin's parties.

    ``but``: an appointment whose own time counts as free.
    """
    first = turn.now.astimezone(plan.ZONE).date()
    last = first + timedelta(days=AHEAD_DAYS - 1)
    shifts = (await plan.plan(turn.db, first, last)).shifts()
    ends = turn.now + timedelta(days=AHEAD_DAYS + 1)
    busy = await rows.taken_cells(turn.db, cells(turn.now, ends), but)
    found = free_slots(shifts, busy, station_id, turn.now, plan.ZONE)
    if origin is None:
        return found
    shut_out = {
        lawyer
        for lawyer in {slot.lawyer for slot in found}
        if await asked.declared_conflict(turn.db, lawyer, origin)
    }
    return [slot for slot in found if slot.lawyer not in shut_out]


async def place(turn: Turn, wanted: Wanted, by: str) -> Appointment:
    """Store an appointment; raises NotFound, UserError ``unknown_matter``, SlotTaken."""
    station = await repository.station_by_id(turn.db, wanted.station_id)
    if station is None or station.centre:
        raise NotFound
    if wanted.matter not in await repository.matters_by_code(turn.db):
        raise UserError("unknown_matter", "请选择纠纷类型。")
    origin = wanted.origin.id if wanted.origin else None
    slot = _pick(await slots(turn, station.id, origin), wanted.lawyer_id, wanted.starts_at)
    made = Appointment(
        id=new_id(),
        station_id=station.id,
        lawyer_id=wanted.lawyer_id,
        starts_at=slot.begins,
        ends_at=slot.ends,
        state=APPOINTMENT.initial,
        kind=wanted.kind,
        matter_code=wanted.matter,
        about=wanted.about[:MOST_ABOUT],
        made_by=by,
        made_at=turn.now,
        origin_id=origin,
        seq=0,
    )
    turn.db.add(made)
    await turn.db.flush()
    await _occupy(turn, made)
    _note(turn, made, "booked", {"starts_at": milliseconds(made.starts_at)})
    return made


async def shift_to(turn: Turn, made: Appointment, starts_at: datetime, reason: str) -> None:
    """Give it another time with the same lawyer; raises SlotTaken, AppointmentOver."""
    if missed(made.starts_at, turn.now):
        raise AppointmentOver
    found = await slots(turn, made.station_id, made.origin_id, but=made.id)
    slot = _pick(found, made.lawyer_id, starts_at)
    before = milliseconds(made.starts_at)
    _step(made, AppointmentEvent.MOVE)
    made.starts_at, made.ends_at, made.reason = slot.begins, slot.ends, reason
    await rows.give_cells_back(turn.db, made.id)
    await _occupy(turn, made)
    moved = {"from": before, "starts_at": milliseconds(made.starts_at), "reason": reason}
    _note(turn, made, AppointmentEvent.MOVE, moved)


async def call_off(turn: Turn, made: Appointment, reason: str) -> None:
    """Cancel it; raises AppointmentOver."""
    await _end(turn, made, AppointmentEvent.CANCEL, reason)


async def enter(turn: Turn, made: Appointment, session: Session) -> None:
    """The people, or the lawyer, go in: this session is the appointment's from now on.

    Raises Conflict ``doors_closed`` before and after its time, AppointmentOver.
    """
    check_doors(made, turn.now)
    _step(made, AppointmentEvent.ENTER)
    made.session_id = session.id
    _note(turn, made, AppointmentEvent.ENTER, {"session": session.id})


def check_doors(made: Appointment, now: datetime) -> None:
    """Raise Conflict ``doors_closed`` outside its time, AppointmentOver once it is over."""
    if not APPOINTMENT.allows(made.state, AppointmentEvent.ENTER):
        raise AppointmentOver
    if not doors_open(made.starts_at, made.ends_at, now):
        raise Conflict("doors_closed", "不在预约的时间：提前 5 分钟可以进入。")


async def move_on(turn: Turn, appointment_id: str) -> None:
    """Do what time, or the end of its session, has made due, unless that was done meanwhile."""
    made = await rows.lock_appointment(turn.db, appointment_id)
    if made is None or made.state not in STANDING:
        return
    session = None
    if made.session_id is not None:
        session = await repository.session_by_id(turn.db, made.session_id)
    if session is not None and session.accepted_at is not None:
        await _end(turn, made, AppointmentEvent.KEEP, lawyer=session.lawyer_id)
    elif session is not None and session.state not in WAITING:
        _step(made, AppointmentEvent.LEAVE)
        made.session_id = None
        _note(turn, made, AppointmentEvent.LEAVE, {"session": session.id})
    elif session is None and missed(made.starts_at, turn.now):
        came = await rows.was_entered(turn.db, made.id)
        await _end(turn, made, AppointmentEvent.MISS, by="lawyer" if came else "people")


async def _end(
    turn: Turn, made: Appointment, event: AppointmentEvent, reason: str = "", **body: str | None
) -> None:
    _step(made, event)
    made.ended_at = turn.now
    made.reason = reason or made.reason
    await rows.give_cells_back(turn.db, made.id)
    _note(turn, made, event, body | ({"reason": reason} if reason else {}))


def _pick(found: list[Slot], lawyer_id: str, starts_at: datetime) -> Slot:
    for slot in found:
        if slot.lawyer == lawyer_id and slot.begins == starts_at:
            return slot
    raise SlotTaken


async def _occupy(turn: Turn, made: Appointment) -> None:
    holders = (made.lawyer_id, made.station_id)
    await rows.take_cells(turn.db, made.id, holders, cells(made.starts_at, made.starts_at + SLOT))


def _step(made: Appointment, event: AppointmentEvent) -> None:
    try:
        made.state = APPOINTMENT.step(made.state, event)
    except IllegalTransition as illegal:
        raise AppointmentOver from illegal


def _note(turn: Turn, made: Appointment, kind: str, body: Mapping[str, Any]) -> None:
    """Append to the appointment's log, in the transaction of the change."""
    made.seq += 1
    turn.touched.add(MARK + made.id)
    turn.db.add(
        AppointmentEntry(
            appointment_id=made.id,
            n=made.seq,
            at=turn.now,
            type=kind,
            actor_id=turn.actor,
            body=dict(body),
        )
    )


def moment(millis: float) -> datetime:
    """Return a moment of the wire."""
    return datetime.fromtimestamp(millis / 1000, UTC)
