"""Lists, free slots, the admin's deeds, the calendar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from server.appointments import repository
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.roster import calendar
from server.roster.plan import ZONE
from server.sessions import booking
from server.sessions import repository as sessions
from server.sessions.repository import appointments as rows
from server.sessions.service import Answer, Sessions
from server.sessions.turn import Turn
from server.storage.engine import Database, Transaction
from server.storage.schema import Appointment, AppointmentEntry, StationCall
from signaling.appointment import AHEAD_DAYS, STANDING
from signaling.codec import Between, Text
from signaling.commands import SessionKind
from signaling.errors import NotFound
from signaling.moments import milliseconds

Json = dict[str, Any]
LONGEST = 62
_PAST_DAYS = 30


@dataclass(frozen=True, slots=True)
class NewBooking:
    """What the admin books."""

    station: Annotated[str, Text(32, 32)]
    lawyer: Annotated[str, Text(32, 32)]
    starts_at: Annotated[float, Between(0, 4e12)]
    kind: SessionKind
    matter: Annotated[str, Text(32, 1)]
    about: Annotated[str, Text(200)] = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Another time, and why."""

    starts_at: Annotated[float, Between(0, 4e12)]
    reason: Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Why it does not take place."""

    reason: Annotated[str, Text(200, 1)]


class Appointments:
    """What the appointments' pages call."""

    def __init__(self, db: Database, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._sessions = sessions
        self._clock = clock

    async def choices(self) -> Json:
        """Return the stations and kinds of dispute that the admin's page offers."""
        async with self._db.read() as read:
            stations = await repository.townships(read)
            matters = await sessions.matters_by_code(read)
        kinds = sorted(matters.values(), key=lambda one: one.position)
        return {
            "stations": [{"id": one.id, "name": one.name} for one in stations],
            "matters": [{"code": one.code, "name": one.name} for one in kinds],
        }

    async def shown(self, first: date, days: int, lawyer: str | None = None) -> Json:
        """Return the appointments of some days with their logs, and lately made station calls."""
        since = datetime.combine(first, datetime.min.time(), ZONE)
        async with self._db.read() as read:
            found = await repository.appointments(
                read, since, since + timedelta(days=min(days, LONGEST)), lawyer
            )
            logs = await repository.entries_of(read, [one.id for one in found])
            calls = [] if lawyer else await repository.station_calls(read, since)
            people = {one.lawyer_id for one in found} | {one.lawyer_id for one in calls}
            people |= {one.actor_id for log in logs.values() for one in log if one.actor_id}
            names = await repository.names(read, people)
            stations = {one.id: one.name for one in await repository.townships(read)}
        return {
            "now": milliseconds(self._clock()),
            "first": first.isoformat(),
            "items": [_item(one, logs.get(one.id, []), names, stations) for one in found],
            "calls": [_call(one, names, stations) for one in calls],
        }

    async def slots(
        self, station: str | None, origin: str | None, but: str | None, only: str | None
    ) -> list[Json]:
        """Return what is free for a station, or that of the session ``origin``.

        ``only``: one lawyer's; ``but``: an appointment to be moved. Raises NotFound.
        """
        async with self._db.read() as read:
            station = await _for_station(read, station, origin, but)
            turn = Turn(read, self._clock())
            found = await booking.slots(turn, station, origin, but)
            names = await repository.names(read, {slot.lawyer for slot in found})
        return [
            {
                "starts_at": milliseconds(slot.begins),
                "lawyer": {"id": slot.lawyer, "name": names.get(slot.lawyer, "")},
            }
            for slot in found
            if only in (None, slot.lawyer)
        ]

    async def book(self, body: NewBooking, actor: str) -> Answer:
        """Book; raises NotFound, SlotTaken."""
        wanted = booking.Wanted(
            station_id=body.station,
            lawyer_id=body.lawyer,
            starts_at=booking.moment(body.starts_at),
            kind=body.kind,
            matter=body.matter,
            about=body.about,
        )

        async def work(turn: Turn) -> Answer:
            made = await booking.place(turn, wanted, actor)
            self._audit(turn, actor, made.id)
            return {"id": made.id}

        return await self._sessions.transact(work, actor)

    async def move(self, appointment: str, body: Move, actor: str) -> None:
        """Move; raises NotFound, SlotTaken, AppointmentOver."""

        async def work(turn: Turn) -> Answer:
            made = await self._locked(turn, appointment)
            await booking.shift_to(turn, made, booking.moment(body.starts_at), body.reason)
            self._audit(turn, actor, appointment)
            return {}

        await self._sessions.transact(work, actor)

    async def cancel(self, appointment: str, body: Cancel, actor: str) -> None:
        """Cancel; raises NotFound, AppointmentOver."""

        async def work(turn: Turn) -> Answer:
            await booking.call_off(turn, await self._locked(turn, appointment), body.reason)
            self._audit(turn, actor, appointment)
            return {}

        await self._sessions.transact(work, actor)

    async def ics(self, lawyer: str | None) -> str:
        """Return what stands, and what was kept lately, as iCalendar: everybody's or one's own."""
        now = self._clock()
        async with self._db.read() as read:
            found = await repository.appointments(
                read,
                now - timedelta(days=_PAST_DAYS),
                now + timedelta(days=AHEAD_DAYS + 1),
                lawyer,
            )
            names = await repository.names(read, {one.lawyer_id for one in found})
            stations = {one.id: one.name for one in await repository.townships(read)}
        events = [
            calendar.CalendarEvent(
                uid=f"{one.id}@yuntiao",
                begins=one.starts_at,
                ends=one.ends_at,
                summary=f"预约：{names.get(one.lawyer_id, '')}",
                place=stations.get(one.station_id, ""),
            )
            for one in found
            if one.state in STANDING or one.state == "kept"
        ]
        return calendar.write(events, now, "律师预约")

    async def _locked(self, turn: Turn, appointment: str) -> Appointment:
        made = await rows.lock_appointment(turn.db, appointment)
        if made is None:
            raise NotFound
        return made

    def _audit(self, turn: Turn, actor: str, subject: str) -> None:
        audit.append(turn.db, AuditAction.APPOINTMENT_CHANGED, turn.now, actor, subject=subject)


async def _for_station(
    db: Transaction, station: str | None, origin: str | None, but: str | None
) -> str:
    """Return the station; NotFound without one, and for what belongs to another one."""
    if origin is not None:
        session = await repository.session_by_id(db, origin)
        if session is None or station not in (None, session.station_id):
            raise NotFound
        station = session.station_id
    if station is None:
        raise NotFound
    if but is not None:
        made = await repository.appointment_by_id(db, but)
        if made is None or made.station_id != station:
            raise NotFound
    return station


def _item(
    one: Appointment,
    log: Sequence[AppointmentEntry],
    names: dict[str, str],
    stations: dict[str, str],
) -> Json:
    return {
        "id": one.id,
        "state": one.state.value,
        "starts_at": milliseconds(one.starts_at),
        "ends_at": milliseconds(one.ends_at),
        "station": {"id": one.station_id, "name": stations.get(one.station_id, "")},
        "lawyer": {"id": one.lawyer_id, "name": names.get(one.lawyer_id, "")},
        "kind": one.kind.value,
        "matter": one.matter_code,
        "session": one.session_id,
        "origin": one.origin_id,
        "reason": one.reason,
        "log": [
            {
                "at": milliseconds(entry.at),
                "type": entry.type,
                "by": names.get(entry.actor_id or "", ""),
                "body": entry.body,
            }
            for entry in log
        ],
    }


def _call(one: StationCall, names: dict[str, str], stations: dict[str, str]) -> Json:
    return {
        "id": one.id,
        "at": milliseconds(one.rang_at),
        "lawyer": names.get(one.lawyer_id, ""),
        "station": stations.get(one.station_id, ""),
        "state": one.state.value,
        "by_itself": one.answered_by_itself,
        "session": one.session_id,
    }
