"""What evidence is made of, and which sessions have it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.storage.schema import (
    Account,
    Advice,
    ApartRecording,
    ApartViewing,
    Consent,
    Deletion,
    Event,
    IntegrityValue,
    Participant,
    Person,
    Photo,
    Session,
    has_photos,
)
from signaling.recording import RecordingState

_NEVER_RECORDED = frozenset({RecordingState.OFF, RecordingState.DECLINED})


def _recorded(since: datetime) -> ColumnElement[bool]:
    kept = or_(Session.recording.not_in(_NEVER_RECORDED), has_photos())
    return and_(Session.requested_at >= since, kept)


async def recorded_since(db: AsyncSession, moment: datetime) -> Sequence[Session]:
    """Return the sessions asked for since then of which something may be kept."""
    return (await db.scalars(select(Session).where(_recorded(moment)))).all()


async def sealed_since(db: AsyncSession, moment: datetime) -> Collection[str]:
    """Return the recordings, of talks apart as well, that may have been signed since then."""
    recent = select(Session.id).where(_recorded(moment))
    erased = select(Deletion.session_id).where(Deletion.erased_at >= moment)
    sessions = recent.union(erased)
    apart = select(ApartRecording.id).where(ApartRecording.session_id.in_(sessions))
    return {*(await db.scalars(sessions)), *(await db.scalars(apart))}


async def session_by_number(db: AsyncSession, number: str) -> Session | None:
    """Return the session with this number or id, or None."""
    query = select(Session).where((Session.number == number) | (Session.id == number))
    return (await db.scalars(query)).first()


async def advice_of(db: AsyncSession, session_id: str) -> Sequence[Advice]:
    """Return the advice log, oldest first."""
    query = select(Advice).where(Advice.session_id == session_id).order_by(Advice.at, Advice.id)
    return (await db.scalars(query)).all()


async def consents_of(db: AsyncSession, session_id: str) -> Sequence[Consent]:
    """Return every consent and refusal, oldest first."""
    query = select(Consent).where(Consent.session_id == session_id).order_by(Consent.at, Consent.id)
    return (await db.scalars(query)).all()


async def events_of(db: AsyncSession, session_id: str) -> Sequence[Event]:
    """Return the session's log in its order."""
    query = select(Event).where(Event.session_id == session_id).order_by(Event.seq)
    return (await db.scalars(query)).all()


async def session_apart(db: AsyncSession, recording_id: str) -> Session | None:
    """Return the session in which a talk apart was recorded, or None."""
    recording = await db.get(ApartRecording, recording_id)
    return await db.get(Session, recording.session_id) if recording else None


async def may_read_apart(db: AsyncSession, recording_id: str, now: datetime) -> bool:
    """Tell whether a second person has approved that the talk apart is watched just now."""
    query = select(ApartViewing.id).where(
        ApartViewing.recording_id == recording_id,
        ApartViewing.state == "approved",
        ApartViewing.expires_at > now,
    )
    return await db.scalar(query.limit(1)) is not None


async def photos_of(db: AsyncSession, session_id: str) -> Sequence[Photo]:
    """Return the photos that were given, oldest first."""
    query = select(Photo).where(Photo.session_id == session_id).order_by(Photo.at, Photo.id)
    return (await db.scalars(query)).all()


async def names_in(db: AsyncSession, session: Session) -> dict[str, str]:
    """Return who is behind the ids that a session's evidence names: id → name."""
    names: dict[str, str] = {}
    for table in (Person, Participant):
        rows = await db.execute(select(table.id, table.name).where(table.session_id == session.id))
        names.update((ident, name) for ident, name in rows.all())
    people = {session.mediator_id, session.lawyer_id}
    people |= {one.author_id for one in await advice_of(db, session.id)}
    people |= {one.account_id for one in await consents_of(db, session.id)}
    people |= {one.giver_id for one in await photos_of(db, session.id)}
    people |= {one.actor_id for one in await events_of(db, session.id)}
    wanted = [ident for ident in people if ident is not None]
    found = await db.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    names.update((ident, name) for ident, name in found.all())
    return names


async def knows_value(db: AsyncSession, sha256: str) -> bool:
    """Tell whether an integrity value is one of ours."""
    return await db.get(IntegrityValue, sha256) is not None


async def values_of(db: AsyncSession, session_id: str) -> Collection[str]:
    """Return the integrity values of a session that are kept."""
    query = select(IntegrityValue.sha256).where(IntegrityValue.session_id == session_id)
    return set((await db.scalars(query)).all())


async def add_values(db: AsyncSession, session_id: str, values: Mapping[str, datetime]) -> None:
    """Keep integrity values; one that somebody else has just kept is left as it is."""
    for sha256, sealed_at in values.items():
        if await db.get(IntegrityValue, sha256) is None:
            db.add(IntegrityValue(sha256=sha256, session_id=session_id, sealed_at=sealed_at))
