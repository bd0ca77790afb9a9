"""A desk with a roster, so that there is something to book, and terminals that can be called."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from server.appointments.answering import Answering, Permission
from server.appointments.service import Appointments
from server.appointments.upkeep import Upkeep
from server.roster.plan import ZONE
from server.storage.schema import (
    Appointment,
    AppointmentEntry,
    BookedCell,
    Device,
    Login,
    RosterEntry,
    StationCall,
)
from signaling.roster import EntryKind
from tests.server.sessions.desk import Desk


@dataclass
class Diary:
    """The desk's appointments, and its clock."""

    desk: Desk
    upkeep: Upkeep
    pages: Appointments
    answering: Answering

    def at(self, hour: int, minute: int = 0, days: int = 0) -> int:
        """A moment of today in the district, as the wire says it."""
        today = self.desk.clock().astimezone(ZONE).date() + timedelta(days=days)
        return millis(datetime.combine(today, time(hour, minute), ZONE))

    async def clock_to(self, moment: int) -> None:
        now = millis(self.desk.clock())
        self.desk.clock.forward(seconds=(moment - now) / 1000)
        await self.upkeep.look()

    async def row(self, appointment: str) -> Appointment:
        async with self.desk.db.read() as read:
            return await read.get_one(Appointment, appointment)

    async def log(self, appointment: str) -> list[str]:
        query = select(AppointmentEntry).where(AppointmentEntry.appointment_id == appointment)
        async with self.desk.db.read() as read:
            found = await read.scalars(query.order_by(AppointmentEntry.n))
            return [one.type for one in found]

    async def cells(self) -> int:
        async with self.desk.db.read() as read:
            return len((await read.scalars(select(BookedCell))).all())

    async def free(self, by: str = "mediator", **question: Any) -> list[tuple[str, int]]:
        """What a station is offered: names and moments."""
        station = self.desk.people[by].station_id or ""
        asked = {"origin": None, "but": None, "only": None, **question}
        found = await self.pages.slots(station, **asked)
        return [(one["lawyer"]["name"], one["starts_at"]) for one in found]

    def wanted(self, at: int, lawyer: str = "lawyer", **parts: Any) -> dict[str, Any]:
        body = {"lawyer": self.desk.id(lawyer), "starts_at": at, "kind": "consultation"}
        return body | {"matter": "wages", **parts}

    async def book(
        self, at: int, by: str = "mediator", lawyer: str = "lawyer", **parts: Any
    ) -> str:
        answer = await self.desk.send(by, "appointment.book", self.wanted(at, lawyer, **parts))
        return str(answer["appointment"])

    async def duty(self, *names: str) -> None:
        """On duty outside the roster's hours."""
        for name in names:
            await self.desk.send(name, "duty.on", {"reason": "提前"})
            self.desk.clock.forward(seconds=1)
        await self.desk.keep_leases()

    # Terminals.

    async def switch_on(self, *names: str) -> None:
        """Sign them in at a terminal of their station that is on."""
        now = self.desk.clock()
        async with self.desk.db.write() as write:
            for name in names:
                device = Device(
                    station_id=self.desk.people[name].station_id,
                    key_hash=uuid4().hex,
                    enrolled_at=now,
                    seen_at=now,
                )
                write.add(device)
                await write.flush()
                login = Login(
                    token_hash=uuid4().hex,
                    account_id=self.desk.id(name),
                    device_id=device.id,
                    csrf=uuid4().hex,
                    created_at=now,
                    expires_at=now + timedelta(hours=10),
                )
                write.add(login)

    async def allow(self, by: str = "mediator", **parts: Any) -> None:
        station = self.desk.people[by].station_id or ""
        given = {"allowed": True, "start": 0, "end": 1440, "days": "0123456", **parts}
        await self.answering.permit(station, Permission(**given), self.desk.id("admin"))

    async def call(self, by: str = "lawyer", to: str = "mediator", **parts: Any) -> str:
        station = self.desk.people[to].station_id
        body = {"station": station, "kind": "consultation", "matter": "wages", **parts}
        return str((await self.desk.send(by, "station.call", body))["call"])

    async def call_row(self, call: str) -> StationCall:
        async with self.desk.db.read() as read:
            return await read.get_one(StationCall, call)


async def open_diary(desk: Desk, clock: Callable[[], datetime] | None = None) -> Diary:
    """Both lawyers on the roster from nine to twelve, every day."""
    now = clock or desk.clock
    async with desk.db.write() as write:
        for name in ("lawyer", "second"):
            for weekday in range(7):
                write.add(_line(desk.id(name), weekday, desk.id("admin"), now()))
    return Diary(
        desk,
        Upkeep(desk.db, desk.sessions, now),
        Appointments(desk.db, desk.sessions, now),
        Answering(desk.db, now),
    )


def _line(lawyer: str, weekday: int, by: str, now: datetime) -> RosterEntry:
    return RosterEntry(
        id=uuid4().hex,
        lawyer_id=lawyer,
        kind=EntryKind.DUTY,
        weekday=weekday,
        start=9 * 60,
        end=12 * 60,
        made_by=by,
        made_at=now,
    )


def millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def local_day(desk: Desk) -> date:
    return desk.clock().astimezone(ZONE).date()
