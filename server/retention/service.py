"""The retention table, and a session's class, hold and deletion: who may, and what is noted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from server.audit.actions import AuditAction
from server.audit.log import append
from server.audit.two_people import check_two_people
from server.retention import repository, views
from server.retention.deletion import BEGUN, DELETION, DeletionEvent, DeletionState
from server.retention.errors import (
    AlreadyHeld,
    AlreadyProposed,
    Erased,
    NotHeld,
    NothingRecorded,
    NothingToConfirm,
    NotOverYet,
    OnHold,
)
from server.retention.rule import CLASSES, MOST_YEARS
from server.storage.engine import Database, Transaction
from server.storage.schema import (
    Deletion,
    Hold,
    RetentionChoice,
    RetentionClass,
    RetentionKind,
    Session,
)
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task
from server.web.principal import Principal
from signaling.codec import Between, Text
from signaling.commands import SessionKind
from signaling.errors import NotAllowed, NotFound, ProtocolError
from signaling.rights import Action, Scope, may
from signaling.session import SessionState

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SetClass:
    """How long a class is kept, and why."""

    basis: Annotated[str, Text(200, 1)]
    years: Annotated[int, Between(1, MOST_YEARS)] | None = None
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class ChooseClass:
    """The class of a kind or of a session; empty: none of its own."""

    code: Annotated[str, Text(20)] = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody holds, releases, proposes or withdraws."""

    reason: Annotated[str, Text(200, 1)]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the retention routes call."""

    db: Database
    clock: Callable[[], datetime]

    async def table(self) -> Json:
        """Return the whole page: classes, kinds, holds, deletions."""
        async with self.db.read() as db:
            return await views.table(db)

    async def set_class(self, principal: Principal, code: str, wanted: SetClass) -> None:
        """Say how long a class is kept."""
        if code not in CLASSES:
            raise NotFound
        if wanted.permanent is (wanted.years is not None):
            raise ProtocolError("bad_message", "years or permanent")
        now = self.clock()
        async with self.db.write() as db:
            row = await repository.class_row(db, code)
            if row is None:
                row = RetentionClass(code=code)
                db.add(row)
            row.years, row.permanent, row.basis = wanted.years, wanted.permanent, wanted.basis
            row.set_at, row.set_by_id = now, principal.account_id
            detail: dict[str, str | int] = {"class": code, "years": wanted.years or 0}
            append(db, AuditAction.RETENTION_SET, now, principal.account_id, code, detail)

    async def set_kind(self, principal: Principal, kind: str, wanted: ChooseClass) -> None:
        """Say which class the sessions of a kind have."""
        if kind not in set(SessionKind):
            raise NotFound
        now, which = self.clock(), SessionKind(kind)
        code = _class(wanted)
        async with self.db.write() as db:
            row = await repository.kind_row(db, which)
            if row is not None and not code:
                await db.delete(row)
            elif row is not None:
                row.class_code = code
            elif code:
                db.add(RetentionKind(kind=which, class_code=code))
            detail = {"class": code}
            append(db, AuditAction.RETENTION_SET, now, principal.account_id, kind, detail)

    async def of_session(self, principal: Principal, session_id: str) -> Json:
        """Return how a session is kept, and what this person may do about it."""
        async with self.db.read() as db:
            session = await repository.session_by_id(db, session_id)
            if session is None:
                raise NotFound
            return await views.of_session(db, session, principal)

    async def choose(self, principal: Principal, session_id: str, wanted: ChooseClass) -> None:
        """Give a session a class of its own, or none."""
        code, now = _class(wanted), self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.MANAGE_RETENTION)
            row = await repository.choice_of(db, session.id)
            if row is not None and not code:
                await db.delete(row)
            elif code:
                row = row or RetentionChoice(session_id=session.id)
                row.class_code, row.set_at = code, now
                row.set_by_id = principal.account_id
                db.add(row)
            _note(db, AuditAction.RETENTION_SET, now, principal, session, {"class": code})
            await resolve_task(db, TaskKind.RETENTION_DUE, session.id, now)

    async def hold(self, principal: Principal, session_id: str, wanted: Reason) -> None:
        """Hold a session: nothing of it may be destroyed. Raises AlreadyHeld, Erased."""
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.HOLD_RECORDING)
            await _not_begun(db, session)
            if await repository.open_hold(db, session.id) is not None:
                raise AlreadyHeld
            db.add(
                Hold(
                    session_id=session.id,
                    reason=wanted.reason,
                    placed_at=now,
                    placed_by_id=principal.account_id,
                )
            )
            _note(db, AuditAction.HOLD_PLACED, now, principal, session)
            await resolve_task(db, TaskKind.RETENTION_DUE, session.id, now)

    async def release(self, principal: Principal, session_id: str, wanted: Reason) -> None:
        """Release a session. Raises NotHeld."""
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.HOLD_RECORDING)
            held = await repository.open_hold(db, session.id)
            if held is None:
                raise NotHeld
            held.released_at, held.released_by_id = now, principal.account_id
            held.release_reason = wanted.reason
            _note(db, AuditAction.HOLD_RELEASED, now, principal, session)

    async def propose(self, principal: Principal, session_id: str, wanted: Reason) -> None:
        """Propose to destroy a session's recording; another person has to confirm.

        Raises NotOverYet, NothingRecorded, OnHold, AlreadyProposed, Erased.
        """
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.PROPOSE_DELETION)
            await _not_begun(db, session)
            if not await repository.has_recording(db, session.id):
                raise NothingRecorded
            if await repository.open_hold(db, session.id) is not None:
                raise OnHold
            if await repository.open_deletion(db, session.id) is not None:
                raise AlreadyProposed
            made = Deletion(
                session_id=session.id,
                state=DELETION.initial.value,
                reason=wanted.reason,
                proposed_at=now,
                proposed_by_id=principal.account_id,
            )
            db.add(made)
            _note(db, AuditAction.DELETION_PROPOSED, now, principal, session)
            await open_task(db, TaskKind.DELETION_PROPOSED, session.id, now)

    async def confirm(self, principal: Principal, session_id: str) -> None:
        """Confirm what somebody else has proposed; the jobs carry it out.

        Raises NothingToConfirm, SamePerson, NotIndependent, OnHold.
        """
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.CONFIRM_DELETION)
            found = await _proposed(db, session)
            await check_two_people(db, found.proposed_by_id, principal.account_id, now)
            if await repository.open_hold(db, session.id) is not None:
                raise OnHold
            _step(found, DeletionEvent.CONFIRM)
            found.confirmed_at, found.confirmed_by_id = now, principal.account_id
            _note(db, AuditAction.DELETION_CONFIRMED, now, principal, session)
            await resolve_task(db, TaskKind.DELETION_PROPOSED, session.id, now)

    async def withdraw(self, principal: Principal, session_id: str, wanted: Reason) -> None:
        """Call off a deletion that has not begun. Raises NothingToConfirm, Erased."""
        now = self.clock()
        async with self.db.write() as db:
            session = await _session(db, principal, session_id, Action.CONFIRM_DELETION)
            await _not_begun(db, session)
            found = await repository.open_deletion(db, session.id)
            if found is None:
                raise NothingToConfirm
            _step(found, DeletionEvent.WITHDRAW)
            found.withdrawn_at, found.withdrawn_by_id = now, principal.account_id
            detail = {"purpose": wanted.reason}
            _note(db, AuditAction.DELETION_WITHDRAWN, now, principal, session, detail)
            await resolve_task(db, TaskKind.DELETION_PROPOSED, session.id, now)


def _class(wanted: ChooseClass) -> str:
    if wanted.code and wanted.code not in CLASSES:
        raise ProtocolError("bad_message", "code")
    return wanted.code


async def _session(
    db: Transaction, principal: Principal, session_id: str, action: Action
) -> Session:
    session = await repository.lock_session(db, session_id)
    if session is None:
        raise NotFound
    if may(principal.role, action, frozenset[Scope](), session.state):
        return session
    if any(may(principal.role, action, frozenset[Scope](), state) for state in SessionState):
        raise NotOverYet
    raise NotAllowed


async def _not_begun(db: Transaction, session: Session) -> None:
    found = await repository.open_deletion(db, session.id)
    if found is not None and DeletionState(found.state) in BEGUN:
        raise Erased


async def _proposed(db: Transaction, session: Session) -> Deletion:
    found = await repository.open_deletion(db, session.id)
    if found is None or found.state != DeletionState.PROPOSED:
        raise NothingToConfirm
    return found


def _step(found: Deletion, event: DeletionEvent) -> None:
    found.state = DELETION.step(DeletionState(found.state), event).value


def _note(
    db: Transaction,
    action: AuditAction,
    now: datetime,
    principal: Principal,
    session: Session,
    detail: dict[str, str] | None = None,
) -> None:
    append(db, action, now, principal.account_id, subject=session.id, detail=detail)
