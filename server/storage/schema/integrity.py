"""Integrity values of sealed recordings."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, reference


class IntegrityValue(Base):
    """A line of a session's manifest, by its hash: whoever holds it may ask whether it is known."""

    __tablename__ = "integrity_value"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = reference("session.id")
    sealed_at: Mapped[datetime]
