"""Integrity values"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "integrity_value",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_integrity_value_session_id")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_integrity_value")),
    )
    op.create_index(op.f("ix_integrity_value_session_id"), "integrity_value", ["session_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("integrity_value")
