"""How people found a session."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference


class Feedback(Base):
    """A rating (满意度评价) of a session, without the name of whoever gave it.

    ``why``: codes of the reasons that were tapped; ``words``: what was added, or nothing.
    """

    __tablename__ = "feedback"

    id: Mapped[str] = id_column()
    session_id: Mapped[str] = reference("session.id")
    score: Mapped[int]  # 1 (very dissatisfied) .. 5
    why: Mapped[list[Any]] = mapped_column(default=list)
    words: Mapped[str] = mapped_column(String(200), default="")
    given_at: Mapped[str] = mapped_column(String(10))  # terminal | link
    at: Mapped[datetime] = mapped_column(index=True)


class FeedbackLink(Base):
    """A link with which somebody rates a session later, once; the database has its hash."""

    __tablename__ = "feedback_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = reference("session.id")
    expires_at: Mapped[datetime] = mapped_column(index=True)
    feedback_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("feedback.id"))
