"""What became of the rounds of the jobs process."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base


class JobTally(Base):
    """A round of the jobs process by its name: how often it was done, and when last well."""

    __tablename__ = "job_tally"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    runs: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
