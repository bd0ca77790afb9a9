"""The rows of ratings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from server.storage.engine import Transaction
from server.storage.schema import Feedback, FeedbackLink, Person, Session, Station

MOST_WORDS = 100


async def persons_count(db: Transaction, session_id: str) -> int:
    """Return how many parties a session has."""
    query = select(func.count()).where(Person.session_id == session_id)
    return await db.scalar(query) or 0


async def count_at_terminal(db: Transaction, session_id: str) -> int:
    """Return how many ratings of a session the terminal has sent."""
    query = select(func.count()).where(
        Feedback.session_id == session_id, Feedback.given_at == "terminal"
    )
    return await db.scalar(query) or 0


async def links_of(db: Transaction, session_id: str) -> int:
    """Return how many links a session has been given."""
    return await db.scalar(select(func.count()).where(FeedbackLink.session_id == session_id)) or 0


async def locked_link(db: Transaction, token_hash: str) -> FeedbackLink | None:
    """Return the link, held until the transaction ends."""
    query = select(FeedbackLink).where(FeedbackLink.token_hash == token_hash).with_for_update()
    return await db.scalar(query)


async def station_of(db: Transaction, session_id: str) -> tuple[Session, Station] | None:
    """Return a session with its station."""
    query = (
        select(Session, Station)
        .join(Station, Station.id == Session.station_id)
        .where(Session.id == session_id)
    )
    row = (await db.execute(query)).first()
    return (row[0], row[1]) if row else None


async def scores(
    db: Transaction, since: datetime, until: datetime, station: str | None
) -> Mapping[int, int]:
    """Return how often each score was given, ``since`` ≤ at < ``until``."""
    counts: Any = select(Feedback.score, func.count()).group_by(Feedback.score)
    return dict((await db.execute(_given(counts, since, until, station))).all())


async def reasons(
    db: Transaction, since: datetime, until: datetime, station: str | None
) -> Sequence[list[Any]]:
    """Return the reasons of each rating that has some."""
    return (await db.scalars(_given(select(Feedback.why), since, until, station))).all()


async def words(
    db: Transaction, since: datetime, until: datetime, station: str | None
) -> Sequence[tuple[Feedback, str]]:
    """Return the newest ratings with words, each with its station's name."""
    said: Any = select(Feedback, Station.name).where(Feedback.words != "")
    newest = said.order_by(Feedback.at.desc(), Feedback.id).limit(MOST_WORDS)
    query = _given(newest, since, until, station, joined=True)
    return [(one, name) for one, name in await db.execute(query)]


def _given(
    query: Any, since: datetime, until: datetime, station: str | None, *, joined: bool = False
) -> Any:
    wanted: list[ColumnElement[bool]] = [Feedback.at >= since, Feedback.at < until]
    if joined or station is not None:
        query = query.join(Session, Session.id == Feedback.session_id)
    if joined:
        query = query.join(Station, Station.id == Session.station_id)
    if station is not None:
        wanted.append(Session.station_id == station)
    return query.where(*wanted)
