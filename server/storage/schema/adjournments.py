"""Sessions that were put off to another day, and those that continue them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base
from server.storage.types import Word
from signaling.adjournment import AdjournmentState


class Adjournment(Base):
    """An agreement to go on another day (休会，改日继续); ``next_id`` is the session that did."""

    __tablename__ = "adjournment"

    session_id: Mapped[str] = mapped_column(String(32), ForeignKey("session.id"), primary_key=True)
    state: Mapped[AdjournmentState] = mapped_column(Word(AdjournmentState), index=True)
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[str] = mapped_column(String(32), ForeignKey("account.id"))
    at: Mapped[datetime]
    next_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("session.id"), unique=True)
