"""Answered calls are found by when they were taken"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index(op.f("ix_session_accepted_at"), "session", ["accepted_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_session_accepted_at"), table_name="session")
