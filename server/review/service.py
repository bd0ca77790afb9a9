"""Review: search, reading a session's file, and watching its recording for a stated purpose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from recordings.checked import Checked
from recordings.vault import Vault
from server.audit.actions import AuditAction
from server.audit.log import append
from server.photos.files import Elsewhere, PhotoFiles, source_of
from server.retention.errors import Erased
from server.retention.repository import is_erased
from server.review import views
from server.review.faults import note_changed
from server.review.filters import SearchQuery
from server.review.media import Opened
from server.review.repository import rows
from server.review.repository.search import find
from server.review.rights import authorise, is_allowed
from server.review.timeline import timeline
from server.storage.engine import Database, Transaction
from server.storage.schema import Advice, Photo, Segment, Session, Viewing, is_destroyed, new_id
from server.web.principal import Principal
from signaling.codec import Text
from signaling.errors import Conflict, NotAllowed, NotFound
from signaling.moments import maybe_milliseconds
from signaling.rights import Action

Json = dict[str, Any]

VIEWING_LASTS = timedelta(hours=4)


class NotRecorded(Conflict):
    """There is nothing to watch."""

    code = "not_recorded"
    message = "这次会话没有录音录像。"


class ViewingExpired(NotAllowed):
    """A purpose was stated too long ago."""

    code = "viewing_expired"
    message = "本次观看已超过四小时，请重新填写用途后打开。"


@dataclass(frozen=True, slots=True)
class OpenViewing:
    """The body of a request to watch."""

    purpose: Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class Review:
    """What the review routes call. ``clock`` gives the present moment, aware.

    ``elsewhere`` finds a segment's file in the archive where there is none here.
    """

    db: Database
    recordings: Path
    clock: Callable[[], datetime]
    vault: Vault | None = None
    elsewhere: Elsewhere | None = None
    checked: Checked = field(default_factory=Checked)

    async def search(self, query: SearchQuery) -> Json:
        """Return a page of results, newest first."""
        async with self.db.read() as db:
            found = await find(db, query)
            sessions = await rows.sessions_in_order(db, found.ids)
            names = await _names(db, [session.lawyer_id for session in sessions])
            advice = _by_session(await rows.advice_of(db, found.ids))
        return {
            "total": found.total,
            "more": found.more,
            "page": query.page,
            "items": [
                views.result(session, names, advice.get(session.id, []), query.chunks)
                for session in sessions
            ],
        }

    async def choices(self) -> Json:
        """Return what the filters can be set to."""
        async with self.db.read() as db:
            stations = await rows.station_names(db)
            lawyers = await rows.lawyer_names(db)
            matters = await rows.matters(db)
        return {
            "stations": [{"id": key, "name": name} for key, name in stations.items()],
            "lawyers": [{"id": key, "name": name} for key, name in lawyers.items()],
            "matters": [
                {"code": one.code, "name": one.name, "parent": one.parent_code} for one in matters
            ],
        }

    async def detail(self, principal: Principal, session_id: str) -> Json:
        """Return everything that is written about a session, and note who read it."""
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.READ_SESSION)
            append(
                db,
                AuditAction.SESSION_READ,
                self.clock(),
                principal.account_id,
                subject=session.id,
            )
            return await _detail(db, session) | {
                "may_watch": is_allowed(principal, Action.WATCH_RECORDING, session)
            }

    async def open_viewing(
        self, principal: Principal, session_id: str, wanted: OpenViewing
    ) -> Json:
        """Note who watches and why, then return the time line with the ids of its segments."""
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.WATCH_RECORDING)
            segments = await rows.segments_of(db, session_id)
            if not segments and not await rows.photos_of(db, session_id):
                raise NotRecorded
            if await is_erased(db, session_id):
                raise Erased
            participants = await rows.participants_of(db, session_id)
            line = timeline(participants, segments, await rows.gaps_of(db, session_id))
            viewing = _viewing(principal, session, wanted, now)
            db.add(viewing)
            await db.flush()
            watchers = await _viewings(db, session)
            detail = {"viewing": viewing.id, "purpose": wanted.purpose}
            append(
                db,
                AuditAction.RECORDING_OPENED,
                now,
                principal.account_id,
                subject=session.id,
                detail=detail,
            )
        return {"viewing": viewing.id, "timeline": line, "viewings": watchers}

    async def segment(self, principal: Principal, viewing_id: str, segment_id: str) -> Opened:
        """Return a segment that this viewing, of this person, still opens."""
        return await self._opened(await self._shown(principal, viewing_id, Segment, segment_id))

    async def photo(
        self, principal: Principal, viewing_id: str, photo_id: str, *, small: bool
    ) -> bytes:
        """Return a photo of evidence that this viewing, of this person, still opens, as JPEG."""
        photo = await self._shown(principal, viewing_id, Photo, photo_id)
        if is_destroyed(photo):
            raise NotFound
        files = PhotoFiles(self.recordings, self.vault, self.elsewhere)
        return await files.read(photo, small=small)

    async def _shown(
        self, principal: Principal, viewing_id: str, kind: type[rows.Shown], ident: str
    ) -> rows.Shown:
        async with self.db.read() as db:
            found = await rows.in_viewing(db, viewing_id, kind, ident)
            if found is not None and await is_erased(db, found[2].id):
                raise Erased
        if found is None:
            raise NotFound
        viewing, shown, session = found
        if viewing.account_id != principal.account_id:
            raise NotFound
        if viewing.expires_at <= self.clock():
            raise ViewingExpired
        authorise(principal, Action.WATCH_RECORDING, session)
        return shown

    async def _opened(self, segment: Segment) -> Opened:
        path = self.recordings / segment.session_id / segment.file
        source = await source_of(path, segment.session_id, segment.file, self.elsewhere)
        changed = partial(note_changed, self.db, self.clock, segment.session_id)
        return Opened(self.recordings, segment, self.vault, source, self.checked, changed)


async def _session(
    db: Transaction, principal: Principal, session_id: str, action: Action
) -> Session:
    session = await rows.session_by_id(db, session_id)
    if session is None:
        raise NotFound
    authorise(principal, action, session)
    return session


def _viewing(principal: Principal, session: Session, wanted: OpenViewing, now: datetime) -> Viewing:
    return Viewing(
        id=new_id(),
        session_id=session.id,
        account_id=principal.account_id,
        purpose=wanted.purpose,
        opened_at=now,
        expires_at=now + VIEWING_LASTS,
    )


def _by_session(entries: Sequence[Advice]) -> dict[str, list[Advice]]:
    sorted_out: dict[str, list[Advice]] = {}
    for entry in entries:
        sorted_out.setdefault(entry.session_id, []).append(entry)
    return sorted_out


async def _names(db: Transaction, people: Sequence[str | None]) -> views.Names:
    return views.Names(
        await rows.station_names(db),
        views.matter_names(await rows.matters(db)),
        await rows.account_names(db, people),
    )


async def _detail(db: Transaction, session: Session) -> Json:
    entries = await rows.advice_of(db, [session.id])
    persons = await rows.persons_of(db, session.id)
    participants = await rows.participants_of(db, session.id)
    consents = await rows.consents_of(db, session.id)
    events = await rows.events_of(db, session.id)
    segments = await rows.segments_of(db, session.id)
    photos = await rows.photos_of(db, session.id)
    people = [session.lawyer_id, session.mediator_id]
    people += [one.account_id for one in consents]
    people += [entry.author_id for entry in entries] + [event.actor_id for event in events]
    names = await _names(db, people)
    person_names = {person.id: person.name for person in persons}
    participant_names = {one.id: one.name for one in participants}
    return views.card(session, names) | {
        "facts": session.facts,
        "reason": session.reason,
        "closed_at": maybe_milliseconds(session.closed_at),
        "receipt_at": maybe_milliseconds(session.receipt_at),
        "persons": [views.person_json(person) for person in persons],
        "mediator": {"name": names.people.get(session.mediator_id, "")},
        "lawyer": views.lawyer_json(await rows.account_by_id(db, session.lawyer_id)),
        "participants": [views.participant_json(one) for one in participants],
        "recording": views.recording(session)
        | {"segments": len(segments), "bytes": sum(one.bytes for one in segments)},
        "advice": views.advice_json(session, entries, names),
        "consents": [views.consent_json(one, names, person_names) for one in consents],
        "events": [views.event_json(event, names, participant_names) for event in events],
        "photos": [views.photo_json(one, participant_names) for one in photos],
        "viewings": await _viewings(db, session),
    }


async def _viewings(db: Transaction, session: Session) -> list[Json]:
    viewings = await rows.viewings_of(db, session.id)
    names = await rows.account_names(db, [one.account_id for one in viewings])
    return [views.viewing_json(one, names) for one in viewings]
