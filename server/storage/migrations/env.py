"""Alembic's way in: it runs this file with the connection that server/storage/migrate.py gives."""

from alembic import context

from server.storage.migrations.comparing import COMPARING
from server.storage.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter a table in place: Alembic then copies it.
    render_as_batch=True,
    **COMPARING,
)
with context.begin_transaction():
    context.run_migrations()
