"""Nightly proofs: what should be recorded against what is stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.schema.base import Base, id_column, reference


class ProofRun(Base):
    """A round over many sessions. ``night`` (YYYY-MM-DD in China) is empty where somebody asked."""

    __tablename__ = "proof_run"

    id: Mapped[str] = id_column()
    # One round a night, whichever process begins it.
    night: Mapped[str | None] = mapped_column(String(10), unique=True)
    asked_by_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("account.id"))
    everything: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    # Whoever works on it renews this; a worker that died is followed by another one.
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Proof(Base):
    """The result for one session in one round.

    ``detail``: ``lengths`` and ``findings`` as ``server.proof.rows`` writes them.
    """

    __tablename__ = "proof"
    __table_args__ = (UniqueConstraint("run_id", "session_id"),)

    id: Mapped[str] = id_column()
    run_id: Mapped[str] = reference("proof_run.id", index=False)
    session_id: Mapped[str] = reference("session.id")
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    # The newest of the session's; the older ones stay as they were found.
    latest: Mapped[bool] = mapped_column(index=True)
    expected_seconds: Mapped[float] = mapped_column(Float)
    stored_seconds: Mapped[float] = mapped_column(Float)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
