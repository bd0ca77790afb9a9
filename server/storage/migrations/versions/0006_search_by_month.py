"""Search: the month becomes a word of the index, so that PostgreSQL can ask the newest first"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQLITE = """
UPDATE session_search SET words = words || (
  SELECT ' §t' || substr(requested_at, 1, 4) || substr(requested_at, 6, 2)
  FROM session WHERE session.id = session_search.session_id)
"""
_POSTGRESQL = """
UPDATE session_search SET words = words || array_to_tsvector(ARRAY[
    '§t' || to_char(requested_at AT TIME ZONE 'UTC', 'YYYYMM')])
FROM session WHERE session.id = session_search.session_id
"""


def upgrade() -> None:
    """Go forward."""
    op.execute(_SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL)


def downgrade() -> None:
    """Go back: the words stay, and nobody asks for them."""
