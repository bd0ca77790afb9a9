"""How terminals are: their self-tests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference


class SelfTest(Base):
    """A self-test (自检) of a terminal.

    ``parts``: one object a part, ``{"part", "state", "code", "value"}``. ``worst``: the worst
    state among them, good | warn | bad.
    """

    __tablename__ = "self_test"
    __table_args__ = (
        Index("ix_self_test_device_id_at", "device_id", "at"),
        Index("ix_self_test_station_id_at", "station_id", "at"),
    )

    id: Mapped[str] = id_column()
    device_id: Mapped[str] = reference("device.id", index=False)
    station_id: Mapped[str] = reference("station.id", index=False)
    at: Mapped[datetime] = mapped_column(index=True)
    started_by: Mapped[str] = mapped_column(String(10))  # morning | button
    worst: Mapped[str] = mapped_column(String(10))
    parts: Mapped[list[Any]] = mapped_column(default=list)
