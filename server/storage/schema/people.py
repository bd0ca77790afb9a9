"""People and places: stations, villages, matters, texts, accounts."""

from datetime import date, datetime

from sqlalchemy import (
    ForeignKey,
    String,
    Text,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.rights import Role


class Station(Base):
    """A township station (公共法律服务工作站) or the district centre."""

    __tablename__ = "station"

    id: Mapped[str] = id_column()
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    town: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20), default="")
    centre: Mapped[bool] = mapped_column(default=False, server_default=false())


class Village(Base):
    """A village office (村居) that a station serves."""

    __tablename__ = "village"

    id: Mapped[str] = id_column()
    station_id: Mapped[str] = reference("station.id")
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

    id: Mapped[str] = id_column()
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    role: Mapped[Role] = mapped_column(Word(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    station_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("station.id"), index=True)
    firm: Mapped[str] = mapped_column(String(80), default="")
    licence_no: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    # For lawyers, separated by spaces: kinds of dispute (codes; none means all), and languages and
    # dialects beside Mandarin.
    matters: Mapped[str] = mapped_column(String(200), default="", server_default="")
    languages: Mapped[str] = mapped_column(String(80), default="", server_default="")
    demo: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    # The password was made by the service and somebody else has seen it.
    first_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
