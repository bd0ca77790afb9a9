"""People who join from elsewhere, talks apart, and what is written in a room."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.caucus import CaucusState
from signaling.commands.rooms import IdentityWay
from signaling.guest import GuestState


class Guest(Base):
    """A party who joins from a phone or computer (远程当事人); the account is theirs alone."""

    __tablename__ = "guest"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"), unique=True)
    account_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"), unique=True)
    state: Mapped[GuestState] = mapped_column(Word(GuestState))
    since: Mapped[datetime]
    admitted_at: Mapped[datetime | None]
    # What the mediator said when sending them out or refusing them.
    words: Mapped[str] = mapped_column(String(200), default="")


class Invitation(Base):
    """A link and a short code for one person; they work once, the database has their hashes."""

    __tablename__ = "invitation"

    id: Mapped[str] = id_column()
    guest_id: Mapped[str] = reference("guest.id")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Used, or made void by a newer one.
    ended_at: Mapped[datetime | None]


class IdentityCheck(Base):
    """How the mediator knew who somebody was (身份核验); never changed, the newest counts."""

    __tablename__ = "identity_check"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(40))
    way: Mapped[IdentityWay] = mapped_column(Word(IdentityWay))
    words: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    at: Mapped[datetime]


class KeptApart(Base):
    """Two persons of a session who must never meet; ``one_id`` is the smaller id."""

    __tablename__ = "kept_apart"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    one_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    other_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    at: Mapped[datetime]


class Caucus(Base):
    """A talk apart (背对背). ``divided_seq``: the session's seq from which on the media are.

    ``lawyers``: the participants' ids of the lawyers who take part.
    """

    __tablename__ = "caucus"
    # A session has one at a time: the database itself says no to a second.
    __table_args__ = (
        Index(
            "uq_caucus_open",
            "session_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    person_id: Mapped[str] = mapped_column(String(32), ForeignKey("person.id"))
    lawyers: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    state: Mapped[CaucusState] = mapped_column(Word(CaucusState))
    divided_seq: Mapped[int | None]
    asked_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Message(Base):
    """Something written in a room. ``audience``: the participants who were in that room then."""

    __tablename__ = "message"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    author_id: Mapped[str] = mapped_column(String(32), ForeignKey("participant.id"))
    caucus_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("caucus.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(500))
    audience: Mapped[list[Any]]
