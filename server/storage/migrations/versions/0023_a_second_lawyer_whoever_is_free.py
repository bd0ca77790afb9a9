"""A colleague who is asked for beside a talk; which lawyers take part in a talk apart"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Go forward."""
    op.add_column("caucus", sa.Column("lawyers", _JSON, server_default="[]", nullable=False))
    _name_the_lawyers()
    with op.batch_alter_table("caucus") as batch_op:
        batch_op.drop_column("with_lawyer")
    op.add_column("dispatch_step", sa.Column("asked_by", sa.String(length=32), nullable=True))
    op.add_column("dispatch_step", _words("reason"))
    op.add_column("session", sa.Column("seeks", sa.String(length=32), nullable=True))
    op.add_column("session", sa.Column("seeks_id", sa.String(length=32), nullable=True))
    op.add_column("session", sa.Column("seeks_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("session", _words("seeks_reason"))
    op.add_column("session", _no("seeks_unmet"))


def _words(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.String(length=100), server_default="", nullable=False)


def _no(name: str) -> "sa.Column[bool]":
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _name_the_lawyers() -> None:
    """Before, a talk apart was with every lawyer of the session, or without."""
    caucus = sa.table(
        "caucus",
        sa.column("id"),
        sa.column("session_id"),
        sa.column("with_lawyer", sa.Boolean()),
        sa.column("lawyers", _JSON),
    )
    participant = sa.table(
        "participant", sa.column("id"), sa.column("session_id"), sa.column("role")
    )
    db = op.get_bind()
    for row in db.execute(sa.select(caucus).where(caucus.c.with_lawyer)).all():
        theirs = sa.select(participant.c.id).where(
            participant.c.session_id == row.session_id, participant.c.role == "lawyer"
        )
        lawyers = sorted(db.scalars(theirs).all())
        db.execute(sa.update(caucus).where(caucus.c.id == row.id).values(lawyers=lawyers))


def downgrade() -> None:
    """Go back."""
    for name in ("seeks_unmet", "seeks_reason", "seeks_at", "seeks_id", "seeks"):
        op.drop_column("session", name)
    for name in ("reason", "asked_by"):
        op.drop_column("dispatch_step", name)
    op.add_column("caucus", _no("with_lawyer"))
    caucus = sa.table("caucus", sa.column("with_lawyer"), sa.column("lawyers", _JSON))
    some = sa.cast(caucus.c.lawyers, sa.Text()) != "[]"
    op.execute(sa.update(caucus).values(with_lawyer=some))
    with op.batch_alter_table("caucus") as batch_op:
        batch_op.drop_column("lawyers")
