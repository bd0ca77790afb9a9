"""Keeping the full-text row of a session in step with what it is found by.

That is its facts, its advice, and what the filters ask for. ``index_session`` is called in the
transaction of every change to any of them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from server.review.words import filter_word, fold, words_of
from server.storage.quick import Question, given
from server.storage.schema import Advice, Session

# A position is microseconds since 1970, then this many bits of the id to keep two apart that were
# requested in the same microsecond: newest-first is then the order of the index itself.
_ID_BITS = 10

_SQLITE_DELETE = text("DELETE FROM session_search WHERE rowid = :position")
_SQLITE_INSERT = text(
    "INSERT INTO session_search (rowid, session_id, text, words) "
    "VALUES (:position, :session_id, :text, :words)"
)
_POSTGRESQL_WRITE = text(
    "INSERT INTO session_search (position, session_id, text, words) "
    "VALUES (:position, :session_id, :text, array_to_tsvector(CAST(:words AS text[]))) "
    "ON CONFLICT (position) DO UPDATE SET text = excluded.text, words = excluded.words"
)


def position_of(requested_at: datetime, session_id: str) -> int:
    """Return the place of a session in the index: larger is newer."""
    return first_position(requested_at) + int(session_id, 16) % (1 << _ID_BITS)


def first_position(moment: datetime) -> int:
    """Return the smallest position that a session requested at that moment can have."""
    whole, part = divmod(moment.timestamp() * 1_000_000, 1)
    return (int(whole) + round(part)) << _ID_BITS


def moment_of(position: int) -> datetime:
    """Return when the session at a position was requested."""
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=position >> _ID_BITS)


_ADVICE: Question[Advice] = Question(
    select(Advice.advice, Advice.legal_basis, Advice.bring, Advice.next_step)
    .where(Advice.session_id == given("session"))
    .order_by(Advice.at, Advice.id)
)


async def index_session(db: AsyncSession, session: Session) -> None:
    """Write the session's row anew: facts, all advice (corrected entries too), and filters."""
    advice = await _ADVICE.all(db, session=session.id)
    content = fold("\n".join(_texts(session, advice)))
    row = {
        "position": position_of(session.requested_at, session.id),
        "session_id": session.id,
        "text": content,
    }
    await write_row(db, row, sorted(words_of(content) | filter_words(session)))


def filter_words(session: Session) -> set[str]:
    """Return the words that stand for what the search can be narrowed to."""
    asked_for = session.requested_at.astimezone(UTC)
    words = {
        filter_word("n", number_word(session.number)),
        filter_word("s", session.station_id),
        filter_word("k", session.kind.value),
        filter_word("m", session.matter_code),
        filter_word("r", "yes" if session.recording_at else "no"),
        month_word(asked_for.year, asked_for.month),
    }
    return words | ({filter_word("l", session.lawyer_id)} if session.lawyer_id else set())


def month_word(year: int, month: int) -> str:
    """Return the word of the sessions requested in a month of UTC (see months.py)."""
    return filter_word("t", f"{year:04d}{month:02d}")


def number_word(number: str) -> str:
    """Return a session's number as it is indexed."""
    return number.replace("-", "")


async def write_row(db: AsyncSession, row: dict[str, object], words: list[str]) -> None:
    """Put one row in place of the one with its position."""
    if db.get_bind().dialect.name == "sqlite":
        await db.execute(_SQLITE_DELETE, {"position": row["position"]})
        await db.execute(_SQLITE_INSERT, row | {"words": " ".join(words)})
    else:
        await db.execute(_POSTGRESQL_WRITE, row | {"words": words})


def advice_texts(entry: Advice) -> Iterator[str]:
    """Give the parts of an advice entry that can be searched and quoted."""
    yield entry.advice
    for citation in entry.legal_basis:
        yield f"{citation.get('law', '')}{citation.get('article', '')}"
    yield entry.bring
    yield entry.next_step


def _texts(session: Session, advice: Iterable[Advice]) -> Iterator[str]:
    yield session.facts
    for entry in advice:
        yield from advice_texts(entry)
