"""Sign-in: logins, second factors, terminals, failures."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference


class Login(Base):
    """A signed-in browser; the cookie holds the token, the database only its hash."""

    __tablename__ = "login"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = reference("account.id")
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
    account_id: Mapped[str] = reference("account.id")
    used_at: Mapped[datetime | None]


class Device(Base):
    """An enrolled terminal; its cookie holds a key, the database only its hash."""

    __tablename__ = "device"

    id: Mapped[str] = id_column()
    station_id: Mapped[str] = reference("station.id")
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # What the admin calls it, where a station has several: "一号调解室".
    name: Mapped[str] = mapped_column(String(40), default="", server_default="")
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    # When a page of its was last heard of, to about a minute.
    seen_at: Mapped[datetime | None]


class Enrolment(Base):
    """A one-time code that makes a browser the terminal of a station."""

    __tablename__ = "enrolment"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    station_id: Mapped[str] = reference("station.id")
    created_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Failed sign-ins, counted to slow down guessing; ``subject`` is a hash."""

    __tablename__ = "sign_in_failure"

    id: Mapped[str] = id_column()
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
