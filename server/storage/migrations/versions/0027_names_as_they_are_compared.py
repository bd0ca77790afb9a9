"""Names of people who were invited, or checked, as they are compared"""

import sqlalchemy as sa
from alembic import op

from signaling.names import fold

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_LONGEST = 40

_PERSON = sa.table("person", sa.column("id"), sa.column("name"), sa.column("folded"))


def upgrade() -> None:
    """Go forward: an invited person had none, a corrected name kept that of the older one."""
    fill = (
        _PERSON.update()
        .where(_PERSON.c.id == sa.bindparam("key"))
        .values(folded=sa.bindparam("value"))
    )
    db, last = op.get_bind(), ""
    while True:
        query = sa.select(_PERSON).where(_PERSON.c.id > last)
        rows = db.execute(query.order_by(_PERSON.c.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        wrong = [
            {"key": key, "value": right}
            for key, name, folded in rows
            if (right := fold(name)[:_LONGEST]) != folded
        ]
        if wrong:
            db.execute(fill, wrong)
        last = rows[-1][0]


def downgrade() -> None:
    """Go back: what is right stays."""
