"""The audit log, and the secrets that processes share."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column


class Audit(Base):
    """Who did what with the service's own power: sign-in, enrolment, viewing, import."""

    __tablename__ = "audit"

    id: Mapped[str] = id_column()
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
