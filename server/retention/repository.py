"""The rows of retention."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from server.retention.deletion import BEGUN, DeletionState
from server.retention.rule import CLASSES, Term
from server.storage.engine import Transaction
from server.storage.schema import (
    Account,
    ApartRecording,
    Deletion,
    Export,
    Hold,
    RetentionChoice,
    RetentionClass,
    RetentionKind,
    Segment,
    Session,
    Task,
    has_photos,
)
from server.tasks.kinds import TaskKind
from signaling.commands import SessionKind
from signaling.session import ENDED


async def lock_session(db: Transaction, session_id: str) -> Session | None:
    """Return the session; holds and deletions of it wait for one another until the commit."""
    query = select(Session).where(Session.id == session_id).with_for_update()
    return (await db.scalars(query)).first()


async def session_by_id(db: Transaction, session_id: str) -> Session | None:
    """Return the session, or None."""
    return await db.get(Session, session_id)


async def terms(db: Transaction) -> Mapping[str, Term]:
    """Return the table: every class by its code."""
    rows = {row.code: row for row in (await db.scalars(select(RetentionClass))).all()}
    return {
        code: Term(code, rows[code].years, rows[code].permanent, rows[code].basis)
        if code in rows
        else Term(code)
        for code in CLASSES
    }


async def class_row(db: Transaction, code: str) -> RetentionClass | None:
    """Return what an admin has set of a class, or None."""
    return await db.get(RetentionClass, code)


async def kinds(db: Transaction) -> Mapping[SessionKind, str]:
    """Return the class of each kind that has one."""
    rows = (await db.scalars(select(RetentionKind))).all()
    return {row.kind: row.class_code for row in rows}


async def kind_row(db: Transaction, kind: SessionKind) -> RetentionKind | None:
    """Return the class of a kind, or None."""
    return await db.get(RetentionKind, kind)


async def choice_of(db: Transaction, session_id: str) -> RetentionChoice | None:
    """Return the class that was chosen for a session, or None."""
    return await db.get(RetentionChoice, session_id)


async def open_hold(db: Transaction, session_id: str) -> Hold | None:
    """Return what holds the session, or None."""
    query = select(Hold).where(Hold.session_id == session_id, Hold.released_at.is_(None))
    return (await db.scalars(query)).first()


async def open_deletion(db: Transaction, session_id: str) -> Deletion | None:
    """Return the deletion of the session that was not withdrawn, or None."""
    query = select(Deletion).where(
        Deletion.session_id == session_id, Deletion.state != DeletionState.WITHDRAWN
    )
    return (await db.scalars(query)).first()


async def is_erased(db: Transaction, session_id: str) -> bool:
    """Tell whether the session's recording is destroyed, or is being destroyed this moment."""
    query = select(Deletion.id).where(
        Deletion.session_id == session_id, Deletion.state.in_([state.value for state in BEGUN])
    )
    return await db.scalar(query) is not None


async def apart_of(db: Transaction, session_id: str) -> Sequence[str]:
    """Return the recordings of a session's talks apart that were asked for, by their names."""
    query = select(ApartRecording.id).where(ApartRecording.session_id == session_id)
    return (await db.scalars(query.order_by(ApartRecording.id))).all()


async def has_recording(db: Transaction, session_id: str) -> bool:
    """Tell whether anything of the session was recorded, or a photo was given in it."""
    recorded = select(Segment.id).where(Segment.session_id == Session.id)
    query = select(Session.id).where(Session.id == session_id, or_(recorded.exists(), has_photos()))
    return await db.scalar(query) is not None


async def names(db: Transaction, accounts: Sequence[str | None]) -> Mapping[str, str]:
    """Return accounts' names by id."""
    wanted = [one for one in accounts if one is not None]
    rows = await db.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {ident: name for ident, name in rows}  # noqa: C416 -- rows are no pairs to mypy


@dataclass(frozen=True, slots=True)
class Pending:
    """A hold or deletion with its session's number and its people's names."""

    row: Any
    number: str
    first: str
    second: str | None


async def holds(db: Transaction, most: int) -> Sequence[Pending]:
    """Return what is held, the newest first."""
    query = (
        select(Hold, Session.number, Account.name)
        .join(Session, Session.id == Hold.session_id)
        .join(Account, Account.id == Hold.placed_by_id)
        .where(Hold.released_at.is_(None))
        .order_by(Hold.placed_at.desc(), Hold.id)
        .limit(most)
    )
    return [Pending(row, number, name, None) for row, number, name in await db.execute(query)]


async def deletions(db: Transaction, most: int) -> Sequence[Pending]:
    """Return deletions that were not withdrawn, the newest first."""
    first, second = aliased(Account), aliased(Account)
    query = (
        select(Deletion, Session.number, first.name, second.name)
        .join(Session, Session.id == Deletion.session_id)
        .join(first, first.id == Deletion.proposed_by_id)
        .outerjoin(second, second.id == Deletion.confirmed_by_id)
        .where(Deletion.state != DeletionState.WITHDRAWN)
        .order_by(Deletion.proposed_at.desc(), Deletion.id)
        .limit(most)
    )
    return [Pending(*row) for row in await db.execute(query)]


async def counted(db: Transaction) -> Mapping[str, int]:
    """Return how many recorded sessions have which class; the key is empty where none is known."""
    effective = func.coalesce(RetentionChoice.class_code, RetentionKind.class_code, "")
    query = (
        select(effective, func.count())
        .select_from(Session)
        .outerjoin(RetentionChoice, RetentionChoice.session_id == Session.id)
        .outerjoin(RetentionKind, RetentionKind.kind == Session.kind)
        .where(or_(Session.recording_at.is_not(None), has_photos()))
        .group_by(effective)
    )
    return {code: int(count) for code, count in await db.execute(query)}


async def expired(
    db: Transaction, code: str, ended_before: datetime, most: int
) -> Sequence[Session]:
    """Return recorded sessions of a class that ended before, and that nobody was told of yet.

    What is held, or is being destroyed, is left out.
    """
    effective = func.coalesce(RetentionChoice.class_code, RetentionKind.class_code, "")
    held = select(Hold.id).where(Hold.session_id == Session.id, Hold.released_at.is_(None))
    going = select(Deletion.id).where(
        Deletion.session_id == Session.id, Deletion.state != DeletionState.WITHDRAWN
    )
    told = select(Task.id).where(
        Task.subject == Session.id, Task.kind == TaskKind.RETENTION_DUE, Task.done_at.is_(None)
    )
    query = (
        select(Session)
        .outerjoin(RetentionChoice, RetentionChoice.session_id == Session.id)
        .outerjoin(RetentionKind, RetentionKind.kind == Session.kind)
        .where(
            effective == code,
            or_(Session.recording_at.is_not(None), has_photos()),
            Session.state.in_(ENDED),
            Session.ended_at <= ended_before,
            ~held.exists(),
            ~going.exists(),
            ~told.exists(),
        )
        .order_by(Session.ended_at, Session.id)
        .limit(most)
    )
    return (await db.scalars(query)).all()


async def to_erase(db: Transaction, but: Collection[str]) -> Deletion | None:
    """Return a deletion to carry out, locked: begun ones first, then confirmed ones not held.

    ``but``: deletions to pass over.
    """
    held = select(Hold.id).where(Hold.session_id == Deletion.session_id, Hold.released_at.is_(None))
    for state in (DeletionState.ERASING, DeletionState.CONFIRMED):
        query = select(Deletion).where(Deletion.state == state, Deletion.id.not_in(but))
        if state is DeletionState.CONFIRMED:
            query = query.where(~held.exists())
        query = query.order_by(Deletion.confirmed_at, Deletion.id).limit(1)
        found = (await db.scalars(query.with_for_update(skip_locked=True))).first()
        if found is not None:
            return found
    return None


async def deletion_by_id(db: Transaction, deletion_id: str) -> Deletion | None:
    """Return the deletion, or None."""
    return await db.get(Deletion, deletion_id)


async def copies_of(db: Transaction, session_id: str) -> Sequence[Export]:
    """Return the exports of a session whose files may still lie about."""
    query = select(Export).where(Export.session_id == session_id, Export.state != "expired")
    return (await db.scalars(query)).all()
