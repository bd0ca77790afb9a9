"""Appointments and what they occupy; calls to stations and what stations allow"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "station_answering",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("days", sa.String(length=7), nullable=False),
        sa.Column("set_by", sa.String(length=32), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_by"], ["account.id"], name=op.f("fk_station_answering_set_by")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_station_answering_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_station_answering")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("lawyer_id", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("matter_code", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin_id", sa.String(length=32), nullable=True),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["account.id"], name=op.f("fk_appointment_lawyer_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_appointment_made_by")),
        sa.ForeignKeyConstraint(
            ["matter_code"], ["matter.code"], name=op.f("fk_appointment_matter_code")
        ),
        sa.ForeignKeyConstraint(
            ["origin_id"], ["session.id"], name=op.f("fk_appointment_origin_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_appointment_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_appointment_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("session_id", name=op.f("uq_appointment_session_id")),
    )
    op.create_index(op.f("ix_appointment_lawyer_id"), "appointment", ["lawyer_id"], unique=False)
    op.create_index(op.f("ix_appointment_starts_at"), "appointment", ["starts_at"], unique=False)
    op.create_index(op.f("ix_appointment_state"), "appointment", ["state"], unique=False)
    op.create_index(op.f("ix_appointment_station_id"), "appointment", ["station_id"], unique=False)
    op.create_index(
        "uq_appointment_origin",
        "appointment",
        ["origin_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('booked', 'entered')"),
        postgresql_where=sa.text("state IN ('booked', 'entered')"),
    )

    op.create_table(
        "appointment_entry",
        sa.Column("appointment_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=True),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["account.id"], name=op.f("fk_appointment_entry_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_appointment_entry_appointment_id")
        ),
        sa.PrimaryKeyConstraint("appointment_id", "n", name=op.f("pk_appointment_entry")),
    )
    op.create_table(
        "booked_cell",
        sa.Column("holder_id", sa.String(length=32), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("appointment_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_booked_cell_appointment_id")
        ),
        sa.PrimaryKeyConstraint("holder_id", "cell", name=op.f("pk_booked_cell")),
    )
    op.create_index(
        op.f("ix_booked_cell_appointment_id"), "booked_cell", ["appointment_id"], unique=False
    )

    op.create_table(
        "station_call",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("lawyer_id", sa.String(length=32), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("mediator_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("matter_code", sa.String(length=32), nullable=False),
        sa.Column("appointment_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("rang_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("auto_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_itself", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("session_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_station_call_appointment_id")
        ),
        sa.ForeignKeyConstraint(
            ["lawyer_id"], ["account.id"], name=op.f("fk_station_call_lawyer_id")
        ),
        sa.ForeignKeyConstraint(
            ["matter_code"], ["matter.code"], name=op.f("fk_station_call_matter_code")
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["account.id"], name=op.f("fk_station_call_mediator_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_station_call_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["station.id"], name=op.f("fk_station_call_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_call")),
        sa.UniqueConstraint("session_id", name=op.f("uq_station_call_session_id")),
    )
    op.create_index(op.f("ix_station_call_rang_at"), "station_call", ["rang_at"], unique=False)
    op.create_index(op.f("ix_station_call_state"), "station_call", ["state"], unique=False)
    op.create_index(
        "uq_station_call_lawyer_id",
        "station_call",
        ["lawyer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'ringing'"),
        postgresql_where=sa.text("state = 'ringing'"),
    )
    op.create_index(
        "uq_station_call_mediator_id",
        "station_call",
        ["mediator_id"],
        unique=True,
        sqlite_where=sa.text("state = 'ringing'"),
        postgresql_where=sa.text("state = 'ringing'"),
    )
    op.create_index(
        "uq_station_call_station_id",
        "station_call",
        ["station_id"],
        unique=True,
        sqlite_where=sa.text("state = 'ringing'"),
        postgresql_where=sa.text("state = 'ringing'"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(
        "uq_station_call_station_id",
        table_name="station_call",
        sqlite_where=sa.text("state = 'ringing'"),
        postgresql_where=sa.text("state = 'ringing'"),
    )
    op.drop_index(
        "uq_station_call_mediator_id",
        table_name="station_call",
        sqlite_where=sa.text("state = 'ringing'"),
        postgresql_where=sa.text("state = 'ringing'"),
    )
    op.drop_index(
        "uq_station_call_lawyer_id",
        table_name="station_call",
        sqlite_where=sa.text("state = 'ringing'"),
        postgresql_where=sa.text("state = 'ringing'"),
    )
    op.drop_index(op.f("ix_station_call_state"), table_name="station_call")
    op.drop_index(op.f("ix_station_call_rang_at"), table_name="station_call")

    op.drop_table("station_call")
    op.drop_index(op.f("ix_booked_cell_appointment_id"), table_name="booked_cell")

    op.drop_table("booked_cell")
    op.drop_table("appointment_entry")
    op.drop_index(
        "uq_appointment_origin",
        table_name="appointment",
        sqlite_where=sa.text("state IN ('booked', 'entered')"),
        postgresql_where=sa.text("state IN ('booked', 'entered')"),
    )
    op.drop_index(op.f("ix_appointment_station_id"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_state"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_starts_at"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_lawyer_id"), table_name="appointment")

    op.drop_table("appointment")
    op.drop_table("station_answering")
