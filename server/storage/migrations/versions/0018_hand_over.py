"""Hand-over: a lawyer called in as a second; since when a room has lost its people"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("duty", sa.Column("helping_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_duty_helping_id"), "duty", ["helping_id"])
    for name in ("alone_at", "lawyer_lost_at"):
        op.add_column("session", sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    for name in ("lawyer_lost_at", "alone_at"):
        op.drop_column("session", name)
    op.drop_index(op.f("ix_duty_helping_id"), table_name="duty")
    op.drop_column("duty", "helping_id")
