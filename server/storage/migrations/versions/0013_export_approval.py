"""Exports: bundles as well, and a second person's word"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("export") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=10), server_default="video", nullable=False)
        )
        batch_op.add_column(sa.Column("decided_by_id", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_export_decided_by_id"), "account", ["decided_by_id"], ["id"]
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("export") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_export_decided_by_id"), type_="foreignkey")
        batch_op.drop_column("decided_at")
        batch_op.drop_column("decided_by_id")
        batch_op.drop_column("kind")
