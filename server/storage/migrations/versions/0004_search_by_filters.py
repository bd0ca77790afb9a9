"""Search: number, station, lawyer, kind, matter and recording become words of the index"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A word is a mark, a letter for the filter, and the value; what SQLite's tokenizer would cut goes
# in hexadecimal behind a second mark.
_SQLITE = """
UPDATE session_search SET words = words || (
  SELECT ' §n' || replace(number, '-', '') || ' §s' || station_id || ' §k' || kind
    || ' §m' || CASE WHEN matter_code GLOB '*[^0-9a-z]*'
                THEN '§' || lower(hex(matter_code)) ELSE matter_code END
    || ' §r' || CASE WHEN recording_at IS NULL THEN 'no' ELSE 'yes' END
    || coalesce(' §l' || lawyer_id, '')
  FROM session WHERE session.id = session_search.session_id)
"""
_POSTGRESQL = """
UPDATE session_search SET words = words || array_to_tsvector(array_remove(ARRAY[
    '§n' || replace(number, '-', ''), '§s' || station_id, '§k' || kind,
    '§m' || CASE WHEN matter_code ~ '[^0-9a-z]'
            THEN '§' || encode(convert_to(matter_code, 'UTF8'), 'hex') ELSE matter_code END,
    '§r' || CASE WHEN recording_at IS NULL THEN 'no' ELSE 'yes' END,
    '§l' || lawyer_id], NULL))
FROM session WHERE session.id = session_search.session_id
"""


def upgrade() -> None:
    """Go forward."""
    op.execute(_SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL)


def downgrade() -> None:
    """Go back: the words stay, and nobody asks for them."""
