"""Every table. Ids are 32 hex characters; moments are UTC; each state machine has its column.

Groups: people and places, sign-in, sessions and their log, duty and ringing, recordings, audit.
"""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Date,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from server.storage.types import Instant, Json, Word
from signaling.commands import DeclineReason, SessionKind
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState


def new_id() -> str:
    """Return a fresh id: 32 hex characters."""
    return uuid4().hex


class Base(DeclarativeBase):
    """All tables; constraints have names so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Instant,
        date: Date,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def _id() -> Mapped[str]:
    return mapped_column(String(32), primary_key=True, default=new_id)


def _ref(target: str, *, index: bool = True) -> Mapped[str]:
    return mapped_column(String(32), ForeignKey(target), index=index)


# People and places


class Station(Base):
    """A township station (公共法律服务工作站) or the district centre."""

    __tablename__ = "station"

    id: Mapped[str] = _id()
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    town: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20), default="")
    centre: Mapped[bool] = mapped_column(default=False, server_default=false())


class Village(Base):
    """A village office (村居) that a station serves."""

    __tablename__ = "village"

    id: Mapped[str] = _id()
    station_id: Mapped[str] = _ref("station.id")
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))


class Matter(Base):
    """A kind of dispute (纠纷类型); an editable code table."""

    __tablename__ = "matter"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    parent_code: Mapped[str | None] = mapped_column(String(32), ForeignKey("matter.code"))
    position: Mapped[int] = mapped_column(default=0)


class NoticeText(Base):
    """A dated wording of the notice that consent refers to (告知书文本)."""

    __tablename__ = "notice_text"

    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date]


class Account(Base):
    """Somebody who signs in."""

    __tablename__ = "account"

    id: Mapped[str] = _id()
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[Role] = mapped_column(Word(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    station_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("station.id"), index=True)
    firm: Mapped[str] = mapped_column(String(80), default="")
    licence_no: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The password was made by the service and somebody else has seen it.
    first_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


# Sign-in


class Login(Base):
    """A signed-in browser; the cookie holds the token, the database only its hash."""

    __tablename__ = "login"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = _ref("account.id")
    device_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("device.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # For its owner to recognise it by: "Chrome · Windows", the client's address, about when.
    agent: Mapped[str] = mapped_column(String(60), default="", server_default="")
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """Somebody's authenticator app (动态口令). ``secret`` counts; ``pending`` is being set up.

    ``last_step``: the 30-second step of the newest code that was taken; no older one is.
    """

    __tablename__ = "second_factor"

    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), primary_key=True)
    secret: Mapped[str | None] = mapped_column(String(64))
    pending: Mapped[str | None] = mapped_column(String(64))
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper for whoever has lost the app: works once; the database has its hash."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = _ref("account.id")
    used_at: Mapped[datetime | None]


class Device(Base):
    """An enrolled terminal; its cookie holds a key, the database only its hash."""

    __tablename__ = "device"

    id: Mapped[str] = _id()
    station_id: Mapped[str] = _ref("station.id")
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Enrolment(Base):
    """A one-time code that makes a browser the terminal of a station."""

    __tablename__ = "enrolment"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    station_id: Mapped[str] = _ref("station.id")
    created_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Failed sign-ins, counted to slow down guessing; ``subject`` is a hash."""

    __tablename__ = "sign_in_failure"

    id: Mapped[str] = _id()
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]


# Sessions and their log


class Session(Base):
    """One remote mediation or consultation (远程调解/咨询)."""

    __tablename__ = "session"

    id: Mapped[str] = _id()
    number: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    matter_code: Mapped[str] = mapped_column(String(32), ForeignKey("matter.code"))
    facts: Mapped[str] = mapped_column(Text, default="")
    station_id: Mapped[str] = _ref("station.id")
    mediator_id: Mapped[str] = _ref("account.id")
    lawyer_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    state: Mapped[SessionState] = mapped_column(Word(SessionState), index=True)
    recording: Mapped[RecordingState] = mapped_column(Word(RecordingState))
    # seq counts the log's entries and, as a compare-and-set, keeps two writers apart.
    seq: Mapped[int] = mapped_column(default=0)
    requested_at: Mapped[datetime] = mapped_column(index=True)
    attempt_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    live_at: Mapped[datetime | None]
    recording_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    receipt_at: Mapped[datetime | None]
    # The terminal has gone back to its home screen: nothing personal stays on it.
    left_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    relay: Mapped[str | None] = mapped_column(String(200))
    relay_boot: Mapped[str | None] = mapped_column(String(32))
    media_epoch: Mapped[int] = mapped_column(default=0)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Compare-and-set on ``seq``: a writer who read an older row raises StaleDataError."""
        return {"version_id_col": cls.__table__.c.seq, "version_id_generator": False}


class Person(Base):
    """A party (当事人) beside the terminal."""

    __tablename__ = "person"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20), default="")


class Participant(Base):
    """Somebody (or a terminal) with media in the room."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("session_id", "account_id"),)

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    account_id: Mapped[str] = _ref("account.id")
    role: Mapped[Role] = mapped_column(Word(Role))
    name: Mapped[str] = mapped_column(String(40))
    place: Mapped[int]
    state: Mapped[ParticipantState] = mapped_column(Word(ParticipantState))
    microphone: Mapped[bool] = mapped_column(default=True, server_default=true())
    camera: Mapped[bool] = mapped_column(default=True, server_default=true())
    screen: Mapped[bool] = mapped_column(default=False, server_default=false())


class Consent(Base):
    """What somebody agreed to or refused, when, in which wording; never changed, only followed."""

    __tablename__ = "consent"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    person_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("person.id"))
    account_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    subject: Mapped[str] = mapped_column(String(32))  # recording | lawyer_presence
    given: Mapped[bool]
    notice_version: Mapped[str] = mapped_column(String(32), ForeignKey("notice_text.version"))
    at: Mapped[datetime]


class Event(Base):
    """The session's log: one row a change, in the transaction of the change."""

    __tablename__ = "event"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    type: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    participant_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("participant.id"))
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DoneCommand(Base):
    """A command that was carried out, with its answer: sent again, it is answered again."""

    __tablename__ = "done_command"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    actor_id: Mapped[str | None] = mapped_column(String(32))
    type: Mapped[str] = mapped_column(String(40))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)


class Advice(Base):
    """An entry of the advice log (法律建议); never changed, only corrected by a later one."""

    __tablename__ = "advice"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    author_id: Mapped[str] = _ref("account.id", index=False)
    at: Mapped[datetime]
    media_seconds: Mapped[float | None] = mapped_column(Float)
    matter_code: Mapped[str] = mapped_column(String(32), ForeignKey("matter.code"))
    advice: Mapped[str] = mapped_column(Text)
    legal_basis: Mapped[list[Any]] = mapped_column(default=list)
    bring: Mapped[str] = mapped_column(Text, default="")
    next_step: Mapped[str] = mapped_column(Text, default="")
    corrects_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("advice.id"), unique=True
    )


class Callback(Base):
    """Somebody asked to be called back."""

    __tablename__ = "callback"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), unique=True)
    phone: Mapped[str] = mapped_column(String(20))
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))


# Duty and ringing


class Duty(Base):
    """A lawyer on duty now. ``lease_until``: a browser of theirs was connected until about then."""

    __tablename__ = "duty"

    lawyer_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime]
    free_since: Mapped[datetime]
    lease_until: Mapped[datetime] = mapped_column(index=True)
    # The session that has this lawyer: set by compare-and-set, so that one lawyer has one call.
    session_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("session.id"), unique=True
    )


class RingOffer(Base):
    """A lawyer was rung for a session; ``outcome`` is set when it ends."""

    __tablename__ = "ring_offer"
    # A lawyer is rung for one session at a time: the database itself says no to a second ring.
    __table_args__ = (
        Index(
            "uq_ring_offer_open",
            "lawyer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    lawyer_id: Mapped[str] = _ref("account.id", index=False)
    attempt_at: Mapped[datetime]
    everyone: Mapped[bool]
    rang_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(
        String(20), default=""
    )  # accepted | declined | missed | withdrawn
    decline_reason: Mapped[DeclineReason | None] = mapped_column(Word(DeclineReason))


# Recordings


class Segment(Base):
    """A sealed piece of one participant's track; the journal on disk says the same."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("session_id", "journal_seq"),)

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    participant_id: Mapped[str] = mapped_column(String(32), ForeignKey("participant.id"))
    journal_seq: Mapped[int]
    track: Mapped[str] = mapped_column(String(20))
    index: Mapped[int]
    file: Mapped[str] = mapped_column(String(200))
    codec: Mapped[str] = mapped_column(String(10))
    start_at: Mapped[datetime]
    seconds: Mapped[float] = mapped_column(Float)
    frames: Mapped[int]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class Gap(Base):
    """A span in which a track has nothing, and why."""

    __tablename__ = "gap"
    __table_args__ = (UniqueConstraint("session_id", "journal_seq"),)

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    participant_id: Mapped[str] = mapped_column(String(32), ForeignKey("participant.id"))
    journal_seq: Mapped[int]
    track: Mapped[str] = mapped_column(String(20))
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    cause: Mapped[str] = mapped_column(String(20))


class Viewing(Base):
    """Somebody opened a recording, for a stated purpose."""

    __tablename__ = "viewing"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    account_id: Mapped[str] = _ref("account.id")
    purpose: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Export(Base):
    """A copy of a recording to hand on (导出), made by the jobs; for a stated purpose.

    ``derived_from``: the journal's last hash and those of the segments it was made of.
    """

    __tablename__ = "export"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("session.id")
    account_id: Mapped[str] = _ref("account.id", index=False)
    purpose: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))  # waiting | working | done | failed | expired
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)
    # Whoever works on it renews this; a worker that died is followed by another one.
    lease_until: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(40), default="")
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[float | None] = mapped_column(Float)
    sha256: Mapped[str | None] = mapped_column(String(64))
    derived_from: Mapped[dict[str, Any]] = mapped_column(default=dict)


# Audit and search


class Audit(Base):
    """Who did what with the service's own power: sign-in, enrolment, viewing, import."""

    __tablename__ = "audit"

    id: Mapped[str] = _id()
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"), index=True)
    action: Mapped[str] = mapped_column(String(40), index=True)
    subject: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Secret(Base):
    """A key the service made for itself (by name), so that all its processes share it."""

    __tablename__ = "secret"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
