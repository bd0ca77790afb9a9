"""Photos of evidence that people give in a session."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, ForeignKey, String, exists
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference
from server.storage.schema.sessions import Session


class Photo(Base):
    """A photo of evidence (证据照片); never changed, but for whether it was shown, or taken back.

    The pictures lie encrypted in the session's folder: ``files``, each as ``records.Kept``, the
    photo first and then its small picture. ``caucus_id``: given in a talk apart; then of the
    lawyers only those in ``audience`` (participants' ids), who were there, may see it.
    ``gone_at``: taken back; what had been shown to all then is kept and put away, else destroyed.
    """

    __tablename__ = "photo"

    # Made by the page: the same photo sent twice is kept once.
    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    participant_id: Mapped[str] = mapped_column(String(32), ForeignKey("participant.id"))
    giver_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    caucus_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("caucus.id"))
    audience: Mapped[list[Any]]
    at: Mapped[datetime]
    media_seconds: Mapped[float | None] = mapped_column(Float)
    caption: Mapped[str] = mapped_column(String(60))
    place_kept: Mapped[bool]
    width: Mapped[int]
    height: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    arrived_bytes: Mapped[int]
    arrived_sha256: Mapped[str] = mapped_column(String(64))
    files: Mapped[list[Any]]
    shown_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    gone_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    gone_words: Mapped[str] = mapped_column(String(200), default="", server_default="")


class PhotoShown(Base):
    """A photo of an earlier day that was shown to all in a session that goes on with that one."""

    __tablename__ = "photo_shown"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    photo_id: Mapped[str] = mapped_column(String(32), ForeignKey("photo.id"), primary_key=True)
    at: Mapped[datetime]


def is_destroyed(photo: Photo) -> bool:
    """Tell whether a photo's pictures are no more: it was taken back before it was shown to all."""
    return photo.gone_at is not None and photo.shown_at is None


def has_photos() -> ColumnElement[bool]:
    """Return the condition that a photo was given in a session."""
    return exists().where(Photo.session_id == Session.id)
