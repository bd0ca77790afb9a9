"""What somebody has to look at."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column


class Task(Base):
    """Something that needs a person (待办): ``subject`` is the id of what it is about.

    ``detail`` holds codes, numbers and a fixed sentence, never people's names or words.
    """

    __tablename__ = "task"
    # One open task a kind and subject: the database itself says no to a second one.
    __table_args__ = (
        Index(
            "uq_task_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[str] = id_column()
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime]
    owner_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None] = mapped_column(index=True)
    # Nobody, where the cause went away by itself.
    done_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    outcome: Mapped[str] = mapped_column(String(200), default="")
