"""A small archive of sessions for the review tests, written straight into the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from server.review.index_schema import create_statements
from server.review.repository.index import index_session
from server.storage.engine import Database
from server.storage.schema import (
    Account,
    Advice,
    Base,
    Event,
    Gap,
    Matter,
    NoticeText,
    Participant,
    Person,
    Segment,
    Session,
    Station,
    new_id,
)
from signaling.commands import SessionKind
from signaling.events import EventType
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


async def create_tables(db: Database) -> None:
    """Every table and the full-text index."""
    async with db.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in create_statements(connection.dialect.name):
            await connection.exec_driver_sql(statement)


@dataclass
class Archive:
    """Two stations, two lawyers, an admin; sessions are added as a test needs them."""

    db: Database
    stations: list[str] = field(default_factory=list)
    lawyers: list[str] = field(default_factory=list)
    mediator: str = ""
    admin: str = ""
    count: int = 0

    async def fill(self) -> None:
        async with self.db.write() as db:
            self.stations = [_station(db, 1, "青山镇司法所"), _station(db, 2, "白水乡司法所")]
            for code, name, parent in (
                ("land", "土地纠纷", None),
                ("land.homestead", "宅基地纠纷", "land"),
                ("family", "婚姻家庭纠纷", None),
            ):
                db.add(Matter(code=code, name=name, parent_code=parent))
                await db.flush()
            db.add(NoticeText(version="v1", title="告知书", body="…", in_force_from=NOON.date()))
            await db.flush()
            self.lawyers = [
                _account(db, Role.LAWYER, "陈律师"),
                _account(db, Role.LAWYER, "李律师"),
            ]
            self.mediator = _account(db, Role.MEDIATOR, "王调解员", self.stations[0])
            self.admin = _account(db, Role.ADMIN, "周管理员")

    async def account(self, role: Role, name: str = "吴管理员") -> str:
        """Add somebody; returns the account's id."""
        async with self.db.write() as db:
            return _account(db, role, name)

    async def session(self, facts: str = "", advice: tuple[str, ...] = (), **values: Any) -> str:
        """Add a closed, indexed session an hour after the last; returns its id."""
        self.count += 1
        at = values.pop("requested_at", NOON + timedelta(hours=self.count))
        row = Session(
            **{
                "id": new_id(),
                "number": f"20261123-{self.count:06d}",
                "kind": SessionKind.MEDIATION,
                "matter_code": "land.homestead",
                "facts": facts,
                "station_id": self.stations[0],
                "mediator_id": self.mediator,
                "lawyer_id": self.lawyers[0],
                "state": SessionState.CLOSED,
                "recording": RecordingState.OFF,
                "requested_at": at,
                "attempt_at": at,
                "live_at": at + timedelta(minutes=1),
                **values,
            }
        )
        async with self.db.write() as db:
            db.add(row)
            await db.flush()
            for number, text in enumerate(advice):
                db.add(_advice(row, text, number))
            await index_session(db, row)
        return row.id

    async def participant(self, session: str, account: str, role: Role, place: int) -> str:
        """Put somebody into the room."""
        row = Participant(
            id=new_id(),
            session_id=session,
            account_id=account,
            role=role,
            name="陈律师" if role is Role.LAWYER else "王调解员",
            place=place,
            state=ParticipantState.LEFT,
        )
        async with self.db.write() as db:
            db.add(row)
            db.add(Person(session_id=session, position=place, name="张三"))
        return row.id

    async def segment(self, session: str, participant: str, **values: Any) -> str:
        """Note a segment; only ``file`` and ``bytes`` matter to most tests."""
        self.count += 1
        row = Segment(
            **{
                "id": new_id(),
                "session_id": session,
                "participant_id": participant,
                "journal_seq": self.count,
                "track": "camera",
                "index": 1,
                "file": f"{participant}/camera-000001.webm",
                "codec": "vp8",
                "start_at": NOON,
                "seconds": 10.0,
                "frames": 250,
                "bytes": 1000,
                "sha256": "0" * 64,
                **values,
            }
        )
        async with self.db.write() as db:
            db.add(row)
        return row.id

    async def event(
        self,
        session: str,
        seq: int,
        kind: EventType,
        at: datetime,
        participant: str | None = None,
        actor: str | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        """Append to the session's log; ``seq`` is only an order, gaps are fine."""
        self.count += 1
        row = Event(
            session_id=session,
            seq=seq * 100 + self.count,
            at=at,
            type=kind.value,
            actor_id=actor,
            participant_id=participant,
            body=dict(body or {}),
        )
        async with self.db.write() as db:
            db.add(row)

    async def touch(self, session: str) -> None:
        """Count the session's log on, as every change does."""
        async with self.db.write() as db:
            row = await db.get(Session, session)
            assert row is not None
            row.seq += 1

    async def gap(self, session: str, participant: str, **values: Any) -> None:
        """Note a gap of a track."""
        row = Gap(session_id=session, participant_id=participant, **values)
        async with self.db.write() as db:
            db.add(row)


def _station(db: AsyncSession, number: int, name: str) -> str:
    row = Station(id=new_id(), code=f"S{number:02d}", name=name, town=name[:3])
    db.add(row)
    return row.id


def _account(db: AsyncSession, role: Role, name: str, station: str | None = None) -> str:
    row = Account(
        id=new_id(),
        username=new_id(),
        name=name,
        role=role,
        password_hash="-",
        station_id=station,
        created_at=NOON,
    )
    db.add(row)
    return row.id


def _advice(session: Session, text: str, number: int) -> Advice:
    return Advice(
        session_id=session.id,
        author_id=session.lawyer_id,
        at=session.requested_at + timedelta(minutes=2 + number),
        media_seconds=30.0 + 16 * number,
        matter_code=session.matter_code,
        advice=text,
        legal_basis=[{"law": "民法典", "article": "第362条", "version_date": "2021-01-01"}],
    )
