"""What a restored database is asked for."""

from collections.abc import Sequence

from sqlalchemy import select

from server.storage.engine import Transaction
from server.storage.schema import Session


async def session_ids(db: Transaction) -> Sequence[str]:
    """Return the ids of all sessions."""
    return (await db.scalars(select(Session.id))).all()
