"""Full-text search over sessions: a table that each database keeps in its own way"""

from alembic import op

from server.review.index_schema import create_statements, drop_statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    for statement in create_statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Go back."""
    for statement in drop_statements():
        op.execute(statement)
