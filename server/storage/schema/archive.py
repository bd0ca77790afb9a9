"""What lies in the archive, an object store beside this host's disk."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference


class ArchiveSession(Base):
    """How far a session is archived: ``seq`` is the session's when all of it was stored."""

    __tablename__ = "archive_session"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    seq: Mapped[int | None]
    stored_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    # The recording was erased; its media is gone from the archive too, where that lets it go.
    forgotten_at: Mapped[datetime | None]


class ArchiveFile(Base):
    """A segment's file that was stored and read back; ``sha256`` is that of the file as it lies.

    ``removed_at``: there is no copy here any more; ``local_since``: since when there is one again.
    """

    __tablename__ = "archive_file"
    __table_args__ = (UniqueConstraint("session_id", "file"),)

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id", index=False)
    file: Mapped[str] = mapped_column(String(200))
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(200), default="")
    stored_at: Mapped[datetime]
    local_since: Mapped[datetime] = mapped_column(index=True)
    removed_at: Mapped[datetime | None]
