"""The roster: lines, swaps, and the hours that were served"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "duty_period",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("lawyer_id", sa.String(length=32), nullable=False),
        sa.Column("on_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_reason", sa.String(length=100), nullable=False),
        sa.Column("off_reason", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["account.id"], name=op.f("fk_duty_period_lawyer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_period")),
    )
    op.create_index(op.f("ix_duty_period_lawyer_id"), "duty_period", ["lawyer_id"], unique=False)
    op.create_index(op.f("ix_duty_period_on_at"), "duty_period", ["on_at"], unique=False)
    op.create_index(
        "uq_duty_period_open",
        "duty_period",
        ["lawyer_id"],
        unique=True,
        sqlite_where=sa.text("off_at IS NULL"),
        postgresql_where=sa.text("off_at IS NULL"),
    )

    op.create_table(
        "roster_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("lawyer_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["account.id"], name=op.f("fk_roster_entry_lawyer_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_roster_entry_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
    )
    op.create_index(op.f("ix_roster_entry_day"), "roster_entry", ["day"], unique=False)
    op.create_index(op.f("ix_roster_entry_lawyer_id"), "roster_entry", ["lawyer_id"], unique=False)

    op.create_table(
        "roster_swap",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("giver_id", sa.String(length=32), nullable=False),
        sa.Column("taker_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["giver_id"], ["account.id"], name=op.f("fk_roster_swap_giver_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["account.id"], name=op.f("fk_roster_swap_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_swap")),
    )
    op.create_index(op.f("ix_roster_swap_day"), "roster_swap", ["day"], unique=False)
    op.create_index(op.f("ix_roster_swap_giver_id"), "roster_swap", ["giver_id"], unique=False)
    op.create_index(op.f("ix_roster_swap_taker_id"), "roster_swap", ["taker_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_roster_swap_taker_id"), table_name="roster_swap")
    op.drop_index(op.f("ix_roster_swap_giver_id"), table_name="roster_swap")
    op.drop_index(op.f("ix_roster_swap_day"), table_name="roster_swap")

    op.drop_table("roster_swap")
    op.drop_index(op.f("ix_roster_entry_lawyer_id"), table_name="roster_entry")
    op.drop_index(op.f("ix_roster_entry_day"), table_name="roster_entry")

    op.drop_table("roster_entry")
    op.drop_index(
        "uq_duty_period_open",
        sqlite_where=sa.text("off_at IS NULL"),
        postgresql_where=sa.text("off_at IS NULL"),
        table_name="duty_period",
    )
    op.drop_index(op.f("ix_duty_period_on_at"), table_name="duty_period")
    op.drop_index(op.f("ix_duty_period_lawyer_id"), table_name="duty_period")

    op.drop_table("duty_period")
