"""Dispatch: needs, skills, conflicts of interest, explained steps"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from signaling.names import fold

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_AT_ONCE = 1000

# Without batches: SQLite would copy tables that half of the others refer to.
_COLUMNS: tuple[tuple[str, sa.Column[Any]], ...] = (
    ("account", sa.Column("matters", sa.String(length=200), server_default="", nullable=False)),
    ("account", sa.Column("languages", sa.String(length=80), server_default="", nullable=False)),
    ("duty", sa.Column("served_at", sa.DateTime(timezone=True), nullable=True)),
    ("duty", sa.Column("standby", sa.Boolean(), server_default=sa.false(), nullable=False)),
    ("person", sa.Column("folded", sa.String(length=40), server_default="", nullable=False)),
    (
        "ring_offer",
        sa.Column("stage", sa.String(length=32), server_default="single", nullable=False),
    ),
    ("ring_offer", sa.Column("notes", _JSON, server_default="[]", nullable=False)),
    ("session", sa.Column("needs", _JSON, server_default="[]", nullable=False)),
    ("session", sa.Column("language", sa.String(length=20), server_default="", nullable=False)),
    ("session", sa.Column("queue_at", sa.DateTime(timezone=True), nullable=True)),
    ("session", sa.Column("prefers_id", sa.String(length=32), nullable=True)),
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "declared_conflict",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("lawyer_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=60), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["account.id"], name=op.f("fk_declared_conflict_lawyer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_conflict")),
        sa.UniqueConstraint(
            "lawyer_id", "folded", name=op.f("uq_declared_conflict_lawyer_id_folded")
        ),
    )
    op.create_index(op.f("ix_declared_conflict_folded"), "declared_conflict", ["folded"])
    op.create_index(op.f("ix_declared_conflict_lawyer_id"), "declared_conflict", ["lawyer_id"])
    op.create_table(
        "dispatch_step",
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("considered", _JSON, nullable=False),
        sa.Column("more", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_dispatch_step_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "n", name=op.f("pk_dispatch_step")),
    )
    for table, column in _COLUMNS:
        op.add_column(table, column)
    op.create_index(op.f("ix_person_folded"), "person", ["folded"])
    op.create_index(op.f("ix_session_queue_at"), "session", ["queue_at"])
    op.execute(sa.text("UPDATE session SET queue_at = requested_at"))
    _fold_names()


def _fold_names() -> None:
    """Write how the names that are known already are compared, a thousand at a time."""
    person = sa.table("person", sa.column("id"), sa.column("name"), sa.column("folded"))
    fill = (
        person.update()
        .where(person.c.id == sa.bindparam("key"))
        .values(folded=sa.bindparam("value"))
    )
    db, last = op.get_bind(), ""
    while True:
        query = sa.select(person.c.id, person.c.name).where(person.c.id > last)
        rows = db.execute(query.order_by(person.c.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        db.execute(fill, [{"key": key, "value": fold(name)} for key, name in rows])
        last = rows[-1][0]


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_session_queue_at"), table_name="session")
    op.drop_index(op.f("ix_person_folded"), table_name="person")
    for table, column in reversed(_COLUMNS):
        op.drop_column(table, column.name)
    op.drop_table("dispatch_step")
    op.drop_index(op.f("ix_declared_conflict_lawyer_id"), table_name="declared_conflict")
    op.drop_index(op.f("ix_declared_conflict_folded"), table_name="declared_conflict")
    op.drop_table("declared_conflict")
