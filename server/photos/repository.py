"""The rows of photos."""

from collections.abc import Sequence

from sqlalchemy import select

from server.storage.engine import Transaction
from server.storage.schema import Photo


async def photo_by_id(db: Transaction, photo_id: str) -> Photo | None:
    """Return the photo, or None."""
    return await db.get(Photo, photo_id)


async def givers_of(db: Transaction, session_id: str) -> Sequence[str]:
    """Return who gave the photos of a session: an account for each photo."""
    query = select(Photo.giver_id).where(Photo.session_id == session_id)
    return (await db.scalars(query)).all()
