"""The queries of the wall and of its alarms: who waits, who is on duty, how today has gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from server.storage.engine import Transaction
from server.storage.schema import (
    Account,
    Callback,
    Duty,
    Matter,
    RingOffer,
    Session,
    Station,
    Task,
)
from server.tasks.kinds import TaskKind
from signaling.session import IN_ROOM, WAITING, SessionState

MOST_SHOWN = 200
_ALARMS = (TaskKind.WAITING_LONG, TaskKind.RECORDING_ALARM)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody who waits, and who is being rung for them."""

    session: Session
    station: str
    matter: str
    ringing: tuple[str, ...]

    @property
    def since(self) -> datetime:
        """Since when they wait: for a lawyer at all, or, after a talk had begun, for another."""
        waits = self.session
        return waits.requested_at if waits.live_at is None else waits.attempt_at


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A lawyer on duty; ``talking``: the session they are in, with its station's name."""

    duty: Duty
    name: str
    ringing: bool
    talking: Session | None
    station: str
    today: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A call of today as the service level counts it; ``ended_at`` of one that nobody answered."""

    requested_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None


async def waiting(db: Transaction) -> list[WaitingRow]:
    """Return everybody who waits, in the order of the queue."""
    query = (
        select(Session, Station.name, Matter.name)
        .join(Station, Station.id == Session.station_id)
        .join(Matter, Matter.code == Session.matter_code)
        .where(Session.state.in_(WAITING))
        .order_by(Session.queue_at, Session.id)
        .limit(MOST_SHOWN)
    )
    rows = (await db.execute(query)).all()
    ringing = await _ringing(db)
    return [
        WaitingRow(session, station, matter, tuple(ringing.get(session.id, ())))
        for session, station, matter in rows
    ]


async def _ringing(db: Transaction) -> dict[str, list[str]]:
    query = (
        select(RingOffer.session_id, Account.name)
        .join(Account, Account.id == RingOffer.lawyer_id)
        .where(RingOffer.ended_at.is_(None))
        .order_by(Account.name)
    )
    found: dict[str, list[str]] = {}
    for session, name in await db.execute(query):
        found.setdefault(session, []).append(name)
    return found


async def on_duty(db: Transaction, today: datetime) -> list[DutyRow]:
    """Return the lawyers on duty, by name; ``today``: the moment it began."""
    ringing = set(
        (await db.scalars(select(RingOffer.lawyer_id).where(RingOffer.ended_at.is_(None)))).all()
    )
    served = (
        select(Session.lawyer_id, func.count().label("calls"))
        .where(Session.accepted_at >= today)
        .group_by(Session.lawyer_id)
    )
    counts = {row.lawyer_id: int(row.calls) for row in await db.execute(served)}
    query = (
        select(Duty, Account.name, Session, Station.name)
        .join(Account, Account.id == Duty.lawyer_id)
        .outerjoin(Session, Session.id == Duty.session_id)
        .outerjoin(Station, Station.id == Session.station_id)
        .order_by(Account.name, Account.id)
    )
    return [
        DutyRow(
            duty,
            name,
            duty.lawyer_id in ringing,
            session,
            station or "",
            counts.get(duty.lawyer_id, 0),
        )
        for duty, name, session, station in (await db.execute(query)).all()
    ]


async def calls_since(db: Transaction, since: datetime) -> list[Answered]:
    """Return the calls requested since then: when they were asked for, taken and ended."""
    query = select(Session.requested_at, Session.accepted_at, Session.ended_at).where(
        Session.requested_at >= since
    )
    return [Answered(*row) for row in (await db.execute(query)).all()]


async def open_callbacks(db: Transaction) -> int:
    """Count who still waits to be called back."""
    return int(await db.scalar(select(func.count()).where(Callback.done_at.is_(None))) or 0)


async def open_alarms(db: Transaction) -> Sequence[tuple[Task, str | None, str | None]]:
    """Return the open alarms, oldest first, with owner and the session's number."""
    query = (
        select(Task, Account.name, Session.number)
        .outerjoin(Account, Account.id == Task.owner_id)
        .outerjoin(Session, Session.id == Task.subject)
        .where(Task.kind.in_(_ALARMS), Task.done_at.is_(None))
        .order_by(Task.opened_at, Task.id)
        .limit(50)
    )
    return [(task, owner, number) for task, owner, number in (await db.execute(query)).all()]


async def waiting_since_before(db: Transaction, moment: datetime) -> Sequence[Session]:
    """Return who has waited since before that moment, and still does; see ``WaitingRow.since``."""
    first = and_(Session.live_at.is_(None), Session.requested_at <= moment)
    again = and_(Session.live_at.is_not(None), Session.attempt_at <= moment)
    query = select(Session).where(Session.state.in_(WAITING), or_(first, again))
    return (await db.scalars(query.limit(MOST_SHOWN))).all()


async def alarmed(db: Transaction) -> Sequence[str]:
    """Return the sessions that open alarms are about."""
    where = (Task.kind == TaskKind.WAITING_LONG, Task.done_at.is_(None))
    return (await db.scalars(select(Task.subject).where(*where))).all()


async def count_sessions(db: Transaction) -> dict[str, int]:
    """Count the sessions that are not over, by state."""
    query = (
        select(Session.state, func.count().label("found"))
        .where(Session.state.in_(WAITING | IN_ROOM | {SessionState.WRAPPING, SessionState.FAILED}))
        .group_by(Session.state)
    )
    return {row.state.value: int(row.found) for row in await db.execute(query)}


async def count_recordings(db: Transaction) -> dict[str, int]:
    """Count the recordings of the sessions in the room, by state."""
    query = (
        select(Session.recording, func.count().label("found"))
        .where(Session.state.in_(IN_ROOM))
        .group_by(Session.recording)
    )
    return {row.recording.value: int(row.found) for row in await db.execute(query)}
