"""Recorded talks apart (背对背谈话录音录像): who may know of them, and who may watch one.

A reader has a purpose and a second person's approval, each time; watching lasts four hours from
the approval. Who was in the talk is no reader by that: a terminal stands in a room with others.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from recordings import journal
from recordings.checked import Checked
from recordings.vault import Vault
from server.audit.actions import AuditAction
from server.audit.log import append
from server.audit.two_people import check_two_people
from server.media.journals import row_of
from server.photos.files import Elsewhere, source_of
from server.retention.errors import Erased
from server.retention.repository import is_erased
from server.review.faults import note_changed
from server.review.media import Opened
from server.review.repository import apart as rows
from server.review.repository.rows import account_names, participants_of, session_by_id
from server.review.rights import authorise, is_allowed
from server.review.service import VIEWING_LASTS, NotRecorded, OpenViewing, ViewingExpired
from server.review.timeline import timeline
from server.storage.engine import Database, Transaction
from server.storage.schema import ApartRecording, ApartViewing, Gap, Segment, Session, new_id
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task
from server.web.principal import Principal
from signaling.errors import Conflict, NotFound
from signaling.moments import maybe_milliseconds, milliseconds
from signaling.rights import Action

Json = dict[str, Any]


class NotDecided(Conflict):
    """Nobody has approved it, or somebody has refused."""

    code = "not_approved"
    message = "还没有另一个人批准，暂时不能观看。"


class NothingToDecide(Conflict):
    """It was decided."""

    code = "nothing_to_decide"
    message = "这次申请已经有人处理，请刷新后再看。"


class AskedAlready(Conflict):
    """One request at a time of one person."""

    code = "asked_already"
    message = "您已经申请过，正在等另一个人批准。"


@dataclass(frozen=True, slots=True)
class Decide:
    """A second person's word."""

    approve: bool


@dataclass(frozen=True, slots=True)
class Apart:
    """What the routes of recorded talks apart call; as ``Review`` for the sessions' own."""

    db: Database
    recordings: Path
    clock: Callable[[], datetime]
    vault: Vault | None = None
    elsewhere: Elsewhere | None = None
    checked: Checked = field(default_factory=Checked)

    async def of_session(self, principal: Principal, session_id: str) -> Json:
        """Return the talks apart of a session of which something was recorded, oldest first."""
        async with self.db.read() as db:
            session = await session_by_id(db, session_id)
            if session is None:
                raise NotFound
            authorise(principal, Action.KNOW_APART, session)
            gone = await is_erased(db, session_id)
            found = await rows.recorded_of(db, session_id)
            items = [await self._item(db, principal, session, one) for one in found]
        return {"items": items, "erased": gone}

    async def _item(
        self, db: Transaction, principal: Principal, session: Session, one: ApartRecording
    ) -> Json:
        viewings = await rows.viewings_of(db, one.id)
        people = [v.account_id for v in viewings] + [v.decided_by_id for v in viewings]
        names = await account_names(db, people)
        segments, _ = await asyncio.to_thread(_stored, self.recordings / one.id, one.id)
        return {
            "id": one.id,
            "with": await rows.party_of(db, one.id),
            "started_at": maybe_milliseconds(one.started_at),
            "seconds": _seconds(segments),
            "may_ask": is_allowed(principal, Action.WATCH_APART, session),
            "viewings": [self._viewing(principal, session, v, names) for v in viewings],
        }

    def _viewing(
        self, principal: Principal, session: Session, one: ApartViewing, names: dict[str, str]
    ) -> Json:
        mine = one.account_id == principal.account_id
        decides = one.state == "asked" and is_allowed(principal, Action.APPROVE_APART, session)
        lasts = one.expires_at is not None and one.expires_at > self.clock()
        return {
            "id": one.id,
            "name": names.get(one.account_id, ""),
            "purpose": one.purpose,
            "state": one.state,
            "asked_at": milliseconds(one.asked_at),
            "decided_by": names.get(one.decided_by_id or "", ""),
            "decided_at": maybe_milliseconds(one.decided_at),
            "mine": mine,
            "may_decide": decides and not mine,
            "may_watch": mine and one.state == "approved" and lasts,
        }

    async def ask(self, principal: Principal, recording_id: str, wanted: OpenViewing) -> Json:
        """Ask to watch a talk apart, for a purpose; a second person decides.

        Raises NotFound, NotRecorded, Erased, AskedAlready.
        """
        now = self.clock()
        async with self.db.write() as db:
            recording, session = await _recording(db, principal, recording_id, Action.WATCH_APART)
            if recording.started_at is None:
                raise NotRecorded
            await _not_erased(db, session)
            if await rows.is_asked(db, recording.id, principal.account_id):
                raise AskedAlready
            made = ApartViewing(
                id=new_id(),
                recording_id=recording.id,
                account_id=principal.account_id,
                purpose=wanted.purpose,
                state="asked",
                asked_at=now,
            )
            db.add(made)
            await open_task(db, TaskKind.APART_APPROVAL, session.id, now)
            _note(db, AuditAction.APART_ASKED, now, principal, made)
        return {"viewing": made.id}

    async def decide(self, principal: Principal, viewing_id: str, wanted: Decide) -> None:
        """Approve or refuse what somebody else wants.

        Raises NothingToDecide, Erased, SamePerson, NotIndependent.
        """
        now = self.clock()
        async with self.db.write() as db:
            viewing = await rows.lock_viewing(db, viewing_id)
            if viewing is None:
                raise NotFound
            action = Action.APPROVE_APART
            _, session = await _recording(db, principal, viewing.recording_id, action)
            if viewing.state != "asked":
                raise NothingToDecide
            await _not_erased(db, session)
            await check_two_people(db, viewing.account_id, principal.account_id, now)
            viewing.state = "approved" if wanted.approve else "refused"
            viewing.decided_by_id, viewing.decided_at = principal.account_id, now
            viewing.expires_at = now + VIEWING_LASTS if wanted.approve else None
            await db.flush()
            if not await rows.others_asked(db, session.id):
                await resolve_task(db, TaskKind.APART_APPROVAL, session.id, now)
            said = AuditAction.APART_APPROVED if wanted.approve else AuditAction.APART_REFUSED
            _note(db, said, now, principal, viewing)

    async def open(self, principal: Principal, viewing_id: str) -> Json:
        """Return the time line with the ids of its segments, and note who watches."""
        now = self.clock()
        async with self.db.write() as db:
            viewing, session = await self._mine(db, principal, viewing_id)
            people = await participants_of(db, session.id)
            _note(db, AuditAction.APART_OPENED, now, principal, viewing)
        name = viewing.recording_id
        segments, gaps = await asyncio.to_thread(_stored, self.recordings / name, name)
        line = timeline(people, segments, gaps)
        if line is None:
            raise NotRecorded
        return {"viewing": viewing.id, "timeline": line}

    async def segment(self, principal: Principal, viewing_id: str, segment_id: str) -> Opened:
        """Return a segment that this viewing, of this person, still opens."""
        async with self.db.read() as db:
            viewing, session = await self._mine(db, principal, viewing_id)
        name = viewing.recording_id
        segments, _ = await asyncio.to_thread(_stored, self.recordings / name, name)
        found = next((one for one in segments if one.id == segment_id), None)
        if found is None:
            raise NotFound
        file = f"{name}/{found.file}"
        source = await source_of(self.recordings / file, session.id, file, self.elsewhere)
        changed = partial(note_changed, self.db, self.clock, session.id)
        return Opened(self.recordings, found, self.vault, source, self.checked, changed)

    async def _mine(
        self, db: Transaction, principal: Principal, viewing_id: str
    ) -> tuple[ApartViewing, Session]:
        viewing = await rows.viewing_by_id(db, viewing_id)
        if viewing is None or viewing.account_id != principal.account_id:
            raise NotFound
        action = Action.WATCH_APART
        _, session = await _recording(db, principal, viewing.recording_id, action)
        await _not_erased(db, session)
        if viewing.state != "approved" or viewing.expires_at is None:
            raise NotDecided
        if viewing.expires_at <= self.clock():
            raise ViewingExpired
        return viewing, session


def _stored(folder: Path, name: str) -> tuple[list[Segment], list[Gap]]:
    """Read the journal: a talk apart has no rows of its own, so that no list can tell of it."""
    path = folder / journal.NAME
    if not path.is_file():
        return [], []
    made = [row_of(name, record) for record in journal.read(path)]
    segments = [one for one in made if isinstance(one, Segment)]
    for one in segments:
        one.id = f"{one.journal_seq:032x}"
    return segments, [one for one in made if isinstance(one, Gap)]


def _seconds(segments: Sequence[Segment]) -> int:
    if not segments:
        return 0
    start = min(one.start_at for one in segments)
    return round(max((one.start_at - start).total_seconds() + one.seconds for one in segments))


async def _recording(
    db: Transaction, principal: Principal, recording_id: str, action: Action
) -> tuple[ApartRecording, Session]:
    recording = await rows.recording_by_id(db, recording_id)
    session = await session_by_id(db, recording.session_id) if recording else None
    if recording is None or session is None:
        raise NotFound
    authorise(principal, action, session)
    return recording, session


async def _not_erased(db: Transaction, session: Session) -> None:
    if await is_erased(db, session.id):
        raise Erased


def _note(
    db: Transaction,
    action: AuditAction,
    now: datetime,
    principal: Principal,
    viewing: ApartViewing,
) -> None:
    detail = {"viewing": viewing.id, "purpose": viewing.purpose}
    append(db, action, now, principal.account_id, subject=viewing.recording_id, detail=detail)
