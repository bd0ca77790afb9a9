"""Terminals have names and self-tests; people rate sessions; the overview has an index"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "self_test",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=10), nullable=False),
        sa.Column("worst", sa.String(length=10), nullable=False),
        sa.Column(
            "parts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_self_test_device_id")),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_self_test_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_test")),
    )
    op.create_index(op.f("ix_self_test_at"), "self_test", ["at"])
    op.create_index("ix_self_test_device_id_at", "self_test", ["device_id", "at"])
    op.create_index("ix_self_test_station_id_at", "self_test", ["station_id", "at"])

    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_feedback_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
    )
    op.create_index(op.f("ix_feedback_at"), "feedback", ["at"])
    op.create_index(op.f("ix_feedback_session_id"), "feedback", ["session_id"])

    op.create_table(
        "feedback_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feedback_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_link_feedback_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_feedback_link_session_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_feedback_link")),
    )
    op.create_index(op.f("ix_feedback_link_expires_at"), "feedback_link", ["expires_at"])
    op.create_index(op.f("ix_feedback_link_session_id"), "feedback_link", ["session_id"])

    op.add_column(
        "device", sa.Column("name", sa.String(length=40), server_default="", nullable=False)
    )
    op.add_column("device", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))

    op.create_index(
        "ix_session_overview",
        "session",
        ["requested_at", "station_id", "kind", "state", "accepted_at"],
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_session_overview", "session")

    op.drop_column("device", "seen_at")
    op.drop_column("device", "name")

    op.drop_table("feedback_link")

    op.drop_table("feedback")

    op.drop_table("self_test")
