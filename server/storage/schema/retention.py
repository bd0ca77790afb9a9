"""How long recordings are kept, what holds them, and how they are destroyed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.types import Word
from signaling.commands import SessionKind


class RetentionClass(Base):
    """A class of the retention table (保管期限表) that an admin has set; see ``retention.rule``.

    ``years`` is None where it is kept for good (``permanent``) or nobody has said yet.
    """

    __tablename__ = "retention_class"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    years: Mapped[int | None]
    permanent: Mapped[bool]
    basis: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    set_by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))


class RetentionKind(Base):
    """The class of all sessions of a kind that have none of their own."""

    __tablename__ = "retention_kind"

    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind), primary_key=True)
    class_code: Mapped[str] = mapped_column(String(20))


class RetentionChoice(Base):
    """The class somebody has chosen for one session."""

    __tablename__ = "retention_choice"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    class_code: Mapped[str] = mapped_column(String(20))
    set_at: Mapped[datetime]
    set_by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))


class Hold(Base):
    """Nothing of the session may be destroyed (诉讼保全/保留) until it is released."""

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "uq_hold_open",
            "session_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id", index=False)
    reason: Mapped[str] = mapped_column(String(200))
    placed_at: Mapped[datetime]
    placed_by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    release_reason: Mapped[str] = mapped_column(String(200), default="")


class Deletion(Base):
    """One person proposed to destroy a recording (销毁), another confirmed it or did not.

    ``certificate``: the integrity value of the signed line that is left.
    """

    __tablename__ = "deletion"
    __table_args__ = (
        Index(
            "uq_deletion_open",
            "session_id",
            unique=True,
            sqlite_where=text("state != 'withdrawn'"),
            postgresql_where=text("state != 'withdrawn'"),
        ),
    )

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id", index=False)
    state: Mapped[str] = mapped_column(String(20), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    erased_at: Mapped[datetime | None]
    certificate: Mapped[str] = mapped_column(String(64), default="")
