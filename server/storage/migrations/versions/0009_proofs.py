"""Nightly proofs: what should be recorded against what is stored"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "proof_run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("night", sa.String(length=10), nullable=True),
        sa.Column("asked_by_id", sa.String(length=32), nullable=True),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_proof_run_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_run")),
        sa.UniqueConstraint("night", name=op.f("uq_proof_run_night")),
    )
    op.create_index(op.f("ix_proof_run_asked_at"), "proof_run", ["asked_at"])

    op.create_table(
        "proof",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("expected_seconds", sa.Float(), nullable=False),
        sa.Column("stored_seconds", sa.Float(), nullable=False),
        sa.Column(
            "detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["run_id"], ["proof_run.id"], name=op.f("fk_proof_run_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_proof_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
        sa.UniqueConstraint("run_id", "session_id", name=op.f("uq_proof_run_id_session_id")),
    )
    op.create_index(op.f("ix_proof_latest"), "proof", ["latest"])
    op.create_index(op.f("ix_proof_session_id"), "proof", ["session_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("proof")

    op.drop_table("proof_run")
