"""The full-text table ``session_search``: one row a session, and how each database keeps it.

Both databases get the same three things: ``position`` (newest last; SQLite's rowid), the folded
``text`` and its ``words`` (see words.py). The words are made by us, so neither database's own idea
of a Chinese word plays a part: SQLite's ``ascii`` tokenizer and PostgreSQL's ``array_to_tsvector``
take them as they are.
"""

_SQLITE = (
    # detail=none: the words narrow, the text decides, so no positions need to be kept.
    "CREATE VIRTUAL TABLE session_search USING fts5("
    "session_id UNINDEXED, text UNINDEXED, words, tokenize='ascii', detail=none)",
)
_POSTGRESQL = (
    "CREATE TABLE session_search ("
    "position BIGINT PRIMARY KEY, "
    "session_id VARCHAR(32) NOT NULL UNIQUE REFERENCES session (id), "
    "text TEXT NOT NULL, "
    "words TSVECTOR NOT NULL)",
    # Without the pending list a search never pays for somebody else's insert.
    "CREATE INDEX ix_session_search_words ON session_search USING gin (words) "
    "WITH (fastupdate = off)",
)


def create_statements(dialect: str) -> list[str]:
    """Return the statements that make the table; ``dialect`` is ``sqlite`` or ``postgresql``.

    The table ``session`` must exist. Raises ValueError for another dialect.
    """
    if dialect == "sqlite":
        return list(_SQLITE)
    if dialect == "postgresql":
        return list(_POSTGRESQL)
    raise ValueError(f"no full-text search is known for {dialect}")


def drop_statements() -> list[str]:
    """Return the statements that undo ``create_statements``, on both databases."""
    return ["DROP TABLE session_search"]
