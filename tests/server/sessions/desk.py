"""The session feature on a migrated database and a manual clock, without pages and media."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import select

from server.review import index_session
from server.sessions import repository
from server.sessions.handlers import HANDLERS
from server.sessions.ice import IceServers
from server.sessions.service import Sessions
from server.sessions.turn import Turn, step_participant, step_recording
from server.sessions.views import view_of
from server.storage.engine import Database, Transaction
from server.storage.schema import (
    Account,
    Base,
    Duty,
    Event,
    Matter,
    NoticeText,
    Participant,
    Session,
    Station,
)
from server.web.principal import Principal
from signaling.commands import decode_command
from signaling.errors import UserError
from signaling.events import EventType
from signaling.participant import ParticipantEvent
from signaling.recording import RecordingEvent
from signaling.rights import Role
from signaling.session import SessionEvent
from tests.server.house import START, ManualClock

LEASE = timedelta(hours=10)
PERSONS = [
    {"name": "王建国", "recording": True, "lawyer_presence": True},
    {"name": "李秀英", "recording": True, "lawyer_presence": True},
]
T = TypeVar("T")


@dataclass
class Desk:
    """People by user name, and the one door through which sessions change."""

    db: Database
    clock: ManualClock
    sessions: Sessions
    told: list[frozenset[str]]
    people: dict[str, Principal] = field(default_factory=dict)

    # People.

    async def hire(self, *names: str, role: Role = Role.LAWYER, station: str | None = None) -> None:
        accounts = [_account(name, role, station) for name in names]
        async with self.db.write() as write:
            write.add_all(accounts)
        self.people |= {account.username: _principal(account) for account in accounts}

    def id(self, name: str) -> str:
        return self.people[name].account_id

    async def on_duty(self, *names: str) -> None:
        """Put them on duty one after the other, a second apart, with a lease that lasts."""
        for name in names:
            await self.send(name, "duty.on")
            self.clock.forward(seconds=1)
        await self.keep_leases()

    async def keep_leases(self, *names: str) -> None:
        people = [self.id(name) for name in names or self.people]
        async with self.db.write() as write:
            await repository.renew_leases(write, people, self.clock() + LEASE)

    # Commands.

    async def send(
        self, name: str, kind: str, body: Mapping[str, Any] | None = None, id: str | None = None
    ) -> dict[str, Any]:
        envelope = {"v": 1, "id": id or str(uuid4()), "type": kind, "body": dict(body or {})}
        answer = await self.sessions.execute(self.people[name], decode_command(envelope))
        return dict(answer)

    async def refused(
        self, name: str, kind: str, body: Mapping[str, Any] | None = None, id: str | None = None
    ) -> str:
        """The code with which the command is refused; nothing may have been stored or told."""
        before, told = await self.everything(), list(self.told)
        with pytest.raises(UserError) as refused:
            await self.send(name, kind, body, id)
        assert await self.everything() == before
        assert self.told == told
        assert any("\u4e00" <= char <= "\u9fff" for char in refused.value.message)
        return refused.value.code

    # The way of a session, step by step.

    async def request(self, by: str = "mediator", **parts: Any) -> str:
        answer = await self.send(by, "session.request", request_body(**parts))
        return str(answer["session"])

    async def accepted(self, lawyer: str = "lawyer", by: str = "mediator", **parts: Any) -> str:
        """A session that this lawyer, who is put on duty, has taken."""
        session = await self.request(by, **parts)
        await self.on_duty(lawyer)
        await self.send(lawyer, "call.accept", {"session": session, "recording": True})
        return session

    async def live(self, lawyer: str = "lawyer", by: str = "mediator", **parts: Any) -> str:
        """…and whose media has come up."""
        session = await self.accepted(lawyer, by, **parts)
        await self.connect(session)
        return session

    async def connect(self, session: str) -> None:
        """Note that its people see and hear each other, as the relay would say."""
        await self.change(session, _talk)

    async def over(self, lawyer: str = "lawyer", by: str = "mediator", **parts: Any) -> str:
        """…and which was hung up after a minute."""
        session = await self.live(lawyer, by, **parts)
        self.clock.forward(minutes=1)
        await self.send(by, "session.hang_up", {"session": session})
        return session

    async def change(self, session: str, work: Callable[[Turn, Session], Awaitable[None]]) -> None:
        """Do what the relay or the clock does, not somebody's command."""

        async def turn_of(turn: Turn) -> Mapping[str, Any]:
            found = await repository.session_by_id(turn.db, session)
            assert found is not None
            await work(turn, found)
            return {}

        await self.sessions.transact(turn_of)

    async def advise(self, session: str, by: str = "lawyer", **parts: Any) -> str:
        answer = await self.send(by, "advice.add", advice_body(session, **parts))
        return str(answer["advice"])

    # What is stored and shown.

    async def view(self, name: str) -> dict[str, Any]:
        ice = IceServers(["turn:turn.test"], "secret")
        async with self.db.read() as read:
            return await view_of(read, self.people[name], self.clock(), ice)

    async def row(self, session: str) -> Session:
        async with self.db.read() as read:
            found = await repository.session_by_id(read, session)
        assert found is not None
        return found

    async def read(self, query: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self.db.read() as read:
            return await query(read)

    async def log(self, session: str) -> list[Event]:
        """The session's log, after a look that it has no holes."""
        query = select(Event).where(Event.session_id == session).order_by(Event.seq)
        async with self.db.read() as read:
            events = list((await read.scalars(query)).all())
        seqs = [event.seq for event in events]
        assert seqs == sorted(set(seqs))
        assert seqs[-1] <= (await self.row(session)).seq
        return events

    async def log_types(self, session: str) -> list[str]:
        return [event.type for event in await self.log(session)]

    async def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, to see that nothing has changed."""
        async with self.db.read() as read:
            return {
                table.name: sorted(
                    (tuple(row) for row in await read.execute(select(table))), key=repr
                )
                for table in Base.metadata.sorted_tables
            }


async def _talk(turn: Turn, session: Session) -> None:
    """Both connected and, where it was agreed, recording: as the relay's word does it."""
    for one in await repository.participants_of(turn.db, session.id):
        step_participant(one, ParticipantEvent.OFFER)
        step_participant(one, ParticipantEvent.CONNECT)
    if step_recording(session, RecordingEvent.START):
        session.recording_at = turn.now
        turn.log(session, EventType.RECORDING_STARTED)
    turn.step(session, SessionEvent.CONNECT)
    session.live_at, session.due_at = turn.now, None
    turn.log(session, EventType.SESSION_LIVE)


def request_body(**parts: Any) -> dict[str, Any]:
    return {
        "kind": "mediation",
        "matter": "wages",
        "persons": PERSONS,
        "notice": "1",
        "mediator_recording": True,
        "facts": "拖欠工资三个月",
        **parts,
    }


def advice_body(session: str, **parts: Any) -> dict[str, Any]:
    return {"session": session, "matter": "wages", "advice": "先申请劳动仲裁。", **parts}


def _account(name: str, role: Role, station: str | None) -> Account:
    return Account(
        id=uuid4().hex,
        username=name,
        name=f"某{name}",
        role=role,
        password_hash="-",
        station_id=station,
        firm="某律师事务所" if role is Role.LAWYER else "",
        created_at=START,
    )


def _principal(account: Account) -> Principal:
    return Principal(
        account_id=account.id,
        role=account.role,
        name=account.name,
        station_id=account.station_id,
        device_id=None,
        login_hash="",
        csrf="",
    )


def sessions_on(db: Database, clock: ManualClock, told: list[frozenset[str]]) -> Sessions:
    async def tell(changed: frozenset[str]) -> None:
        told.append(changed)

    return Sessions(db, clock, HANDLERS, index_session, tell)


async def open_desk(db: Database) -> Desk:
    """Stations A and B with a mediator each (and a second one at A), a lawyer, an admin."""
    clock, told = ManualClock(), list[frozenset[str]]()
    desk = Desk(db, clock, sessions_on(db, clock, told), told)
    stations = [
        Station(id=uuid4().hex, code=code, name=f"{code}工作站", town="某镇", phone="0000")
        for code in "AB"
    ]
    async with db.write() as write:
        write.add_all(stations)
        write.add(Matter(code="wages", name="劳动报酬", parent_code=None, position=1))
        write.add(Matter(code="land", name="山林土地", parent_code=None, position=2))
        write.add(NoticeText(version="1", title="告知书", body="…", in_force_from=START.date()))
    await desk.hire("mediator", "neighbour", role=Role.MEDIATOR, station=stations[0].id)
    await desk.hire("elsewhere", role=Role.MEDIATOR, station=stations[1].id)
    await desk.hire("nowhere", role=Role.MEDIATOR)
    await desk.hire("lawyer", "second")
    await desk.hire("admin", role=Role.ADMIN)
    return desk


async def participants(desk: Desk, session: str) -> list[Participant]:
    async with desk.db.read() as read:
        return list(await repository.participants_of(read, session))


async def duty(desk: Desk, name: str) -> Duty | None:
    async with desk.db.read() as read:
        return await repository.duty_of(read, desk.id(name))
