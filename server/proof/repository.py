"""The rows that proofs read and write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from server.storage.engine import Transaction
from server.storage.schema import (
    Account,
    Consent,
    Event,
    Gap,
    Guest,
    Participant,
    Person,
    Proof,
    ProofRun,
    Segment,
    Session,
    Task,
)
from server.tasks.kinds import TaskKind
from signaling.session import ENDED

_BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the database says of one session's recording."""

    session: Session
    events: Sequence[Event]
    consents: Sequence[Consent]
    participants: Sequence[Participant]
    segments: Sequence[Segment]
    gaps: Sequence[Gap]
    persons: Sequence[Person]
    guests: Sequence[Guest]


async def material(db: Transaction, session: Session) -> Material:
    """Read it."""
    own = session.id
    events = await db.scalars(select(Event).where(Event.session_id == own).order_by(Event.seq))
    consents = await db.scalars(select(Consent).where(Consent.session_id == own))
    participants = await db.scalars(
        select(Participant).where(Participant.session_id == own).order_by(Participant.place)
    )
    segments = await db.scalars(select(Segment).where(Segment.session_id == own))
    gaps = await db.scalars(select(Gap).where(Gap.session_id == own))
    persons = await db.scalars(select(Person).where(Person.session_id == own))
    guests = await db.scalars(select(Guest).where(Guest.session_id == own))
    return Material(
        session,
        events.all(),
        consents.all(),
        participants.all(),
        segments.all(),
        gaps.all(),
        persons.all(),
        guests.all(),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """Which sessions a run is about: over before ``settled``, and not proven since ``fresh``."""

    settled: datetime
    fresh: datetime


async def due_sessions(
    db: Transaction, run: ProofRun, due: Due, after: str, most: int
) -> Sequence[Session]:
    """Return sessions that were live and that this run has not looked at, by id from ``after``.

    What was found broken, by a proof or by who watched it, is looked at in every run.
    """
    ended = func.coalesce(Session.ended_at, Session.closed_at, Session.requested_at)
    seen = select(Proof.id).where(Proof.session_id == Session.id, Proof.run_id == run.id)
    known = select(Proof.id).where(
        Proof.session_id == Session.id,
        Proof.latest.is_(True),
        Proof.at > due.fresh,
        Proof.state != _BROKEN,
    )
    doubted = select(Task.id).where(
        Task.kind == TaskKind.PROOF_FAILED, Task.subject == Session.id, Task.done_at.is_(None)
    )
    query = select(Session).where(
        Session.id > after,
        Session.live_at.is_not(None),
        Session.state.in_(ENDED),
        ended <= due.settled,
        ~seen.exists(),
    )
    if not run.everything:
        query = query.where(or_(~known.exists(), doubted.exists()))
    return (await db.scalars(query.order_by(Session.id).limit(most))).all()


async def store(db: Transaction, proof: Proof) -> None:
    """Add a proof; it is the newest of its session."""
    await db.execute(
        update(Proof)
        .where(Proof.session_id == proof.session_id, Proof.latest.is_(True))
        .values(latest=False)
    )
    db.add(proof)


async def run_of_night(db: Transaction, night: str) -> ProofRun | None:
    """Return the night's run, or None."""
    return (await db.scalars(select(ProofRun).where(ProofRun.night == night))).first()


async def run_by_id(db: Transaction, run_id: str) -> ProofRun | None:
    """Return the run, or None."""
    return await db.get(ProofRun, run_id)


async def open_run(db: Transaction) -> ProofRun | None:
    """Return a run that is not finished, or None."""
    query = select(ProofRun).where(ProofRun.finished_at.is_(None)).order_by(ProofRun.asked_at)
    return (await db.scalars(query.limit(1))).first()


async def claim(db: Transaction, now: datetime, lease: timedelta) -> ProofRun | None:
    """Take the oldest run that nobody works on; None: there is none."""
    free = or_(ProofRun.lease_until.is_(None), ProofRun.lease_until < now)
    query = (
        select(ProofRun)
        .where(ProofRun.finished_at.is_(None), free)
        .order_by(ProofRun.asked_at, ProofRun.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = (await db.scalars(query)).first()
    if found is not None:
        found.lease_until = now + lease
    return found


async def set_run(
    db: Transaction, run_id: str, *, lease: datetime | None, finished: datetime | None = None
) -> None:
    """Renew the lease of a run, give it back (no lease), or finish it."""
    await db.execute(
        update(ProofRun)
        .where(ProofRun.id == run_id)
        .values(lease_until=lease, finished_at=finished)
    )


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with who asked for it and how many sessions stand how."""

    run: ProofRun
    asked_by: str | None
    counts: Mapping[str, int]


async def runs(db: Transaction, most: int) -> Sequence[RunRow]:
    """Return the newest runs, newest first."""
    query = (
        select(ProofRun, Account.name)
        .outerjoin(Account, Account.id == ProofRun.asked_by_id)
        .order_by(ProofRun.asked_at.desc(), ProofRun.id)
        .limit(most)
    )
    found = [(run, name) for run, name in await db.execute(query)]
    counted = await db.execute(
        select(Proof.run_id, Proof.state, func.count())
        .where(Proof.run_id.in_([run.id for run, _ in found]))
        .group_by(Proof.run_id, Proof.state)
    )
    counts: dict[str, dict[str, int]] = {}
    for run_id, state, count in counted:
        counts.setdefault(run_id, {})[state] = count
    return [RunRow(run, name, counts.get(run.id, {})) for run, name in found]


async def proofs_of(
    db: Transaction, run_id: str, states: Sequence[str], number: int, page: int
) -> tuple[int, Sequence[tuple[Proof, str]]]:
    """Return how many of a run stand so, and page ``number`` of them with session numbers."""
    conditions = [Proof.run_id == run_id]
    if states:
        conditions.append(Proof.state.in_(states))
    total = await db.scalar(select(func.count()).select_from(Proof).where(*conditions))
    query = (
        select(Proof, Session.number)
        .join(Session, Session.id == Proof.session_id)
        .where(*conditions)
        .order_by(Proof.state, Session.number)
        .offset((number - 1) * page)
        .limit(page)
    )
    return total or 0, [(proof, name) for proof, name in await db.execute(query)]


async def latest_of(db: Transaction, session_id: str) -> Proof | None:
    """Return the newest proof of a session, or None."""
    query = select(Proof).where(Proof.session_id == session_id, Proof.latest.is_(True))
    return (await db.scalars(query)).first()


async def participants_of(
    db: Transaction, sessions: Sequence[str]
) -> Mapping[str, tuple[str, str]]:
    """Return participants' names and roles by id."""
    query = select(Participant.id, Participant.name, Participant.role).where(
        Participant.session_id.in_(sessions)
    )
    return {ident: (name, role.value) for ident, name, role in await db.execute(query)}


async def standing(db: Transaction) -> tuple[Mapping[str, int], datetime | None]:
    """Return how many sessions stand how by their newest proof, and when a run last finished."""
    rows = await db.execute(
        select(Proof.state, func.count()).where(Proof.latest.is_(True)).group_by(Proof.state)
    )
    counts = {state: int(count) for state, count in rows}
    query = select(ProofRun.finished_at).where(ProofRun.finished_at.is_not(None))
    last = await db.scalar(query.order_by(ProofRun.finished_at.desc()).limit(1))
    return counts, last
