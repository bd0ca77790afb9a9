"""The schema's history, one file a step; Alembic runs them in the order they name."""
