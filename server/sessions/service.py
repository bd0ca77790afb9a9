"""Carrying out commands: authorise from the database, change, log, commit, then answer.

A command that was carried out before is answered as before. Whoever needs to know (screens, media,
ringing) is told after the commit, with the ids of the sessions that changed.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.sessions import repository
from server.sessions.repository import asked
from server.sessions.turn import Turn
from server.storage.engine import WRITE_CONFLICTS, Database, Transaction
from server.storage.schema import DoneCommand, Session, new_id
from server.web.principal import Principal
from signaling.commands import COMMANDS, Command, OfSession
from signaling.errors import Conflict, NotAllowed, NotFound
from signaling.guest import GuestState
from signaling.rights import Action, Role, Scope, may, right

log = logging.getLogger(__name__)

Answer = Mapping[str, Any]
Changed = Callable[[frozenset[str]], Awaitable[None]]
"""Told after every commit; the ids are the sessions that changed (empty: only duty did)."""
Index = Callable[[Transaction, Session], Awaitable[None]]
"""Puts what a session is found by into the full-text search."""

_ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Call:
    """A command on its turn: who, what, and the session it is about, if it names one."""

    turn: Turn
    principal: Principal
    body: Any
    session: Session | None

    @property
    def about(self) -> Session:
        """The session; commands that name none never ask for it."""
        if self.session is None:
            raise NotFound
        return self.session


Handler = Callable[[Call], Awaitable[Answer]]


class Sessions:
    """The one door through which sessions change."""

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        handlers: Mapping[str, Handler],
        index: Index,
        changed: Changed,
    ) -> None:
        self._db = db
        self._clock = clock
        self._handlers = handlers
        self._index = index
        self._changed = changed

    async def execute(self, principal: Principal, command: Command) -> Answer:
        """Carry out a command once; raise a UserError if it cannot be."""

        async def work(turn: Turn) -> Answer:
            # Held before anything is read: the same command sent twice at once finds itself done.
            await repository.lock_account(turn.db, principal.account_id)
            done = await asked.done_command(turn.db, command.id)
            if done is not None:
                return _same_again(done, principal, command)
            answer = await self._perform(turn, principal, command)
            turn.db.add(_done(command, principal, answer, turn.now))
            return answer

        return await self.transact(work, principal.account_id)

    async def transact(
        self, work: Callable[[Turn], Awaitable[Answer]], actor: str | None = None
    ) -> Answer:
        """Run ``work`` in a transaction, again if another writer was first; then tell of it."""
        for attempt in range(_ATTEMPTS):
            try:
                async with self._db.write() as db:
                    turn = Turn(db, self._clock(), actor)
                    answer = await work(turn)
                    await self._reword(turn)
                # A command without a session (duty) changes what desks show, too.
                if turn.touched or actor is not None:
                    await self._changed(frozenset(turn.touched))
                return answer
            except WRITE_CONFLICTS:
                log.info("write_conflict", extra={"attempt": attempt})
        raise Conflict

    async def _reword(self, turn: Turn) -> None:
        """Index in the same transaction: what is found is what is stored."""
        if turn.reworded:
            await turn.db.flush()
        for _, session in sorted(turn.reworded.items()):
            await self._index(turn.db, session)

    async def _perform(self, turn: Turn, principal: Principal, command: Command) -> Answer:
        session = await _session_of(turn.db, command.body)
        await authorise(turn.db, principal, COMMANDS[command.type].action, session)
        return await self._handlers[command.type](Call(turn, principal, command.body, session))


async def authorise(
    db: Transaction, principal: Principal, action: Action, session: Session | None
) -> None:
    """Raise NotFound for what is none of theirs, NotAllowed out of role, Conflict out of time."""
    scopes = await _scopes(db, principal, session) if session else frozenset[Scope]()
    if may(principal.role, action, scopes, session.state if session else None):
        return
    if session is None or principal.role not in (Role.MEDIATOR, Role.LAWYER, Role.PARTY):
        raise NotAllowed
    listed = right(principal.role, action)
    if not scopes or (listed is not None and _is_others(listed.scope, scopes)):
        raise NotFound
    raise NotAllowed if listed is None else Conflict


async def _scopes(db: Transaction, principal: Principal, session: Session) -> frozenset[Scope]:
    me = principal.account_id
    if me in (session.mediator_id, session.lawyer_id):
        return frozenset({Scope.OWN, Scope.INSIDE})
    if principal.role is Role.LAWYER:
        return await _scopes_of_lawyer(db, me, session)
    if principal.role is Role.PARTY:
        return await _scopes_of_guest(db, me, session)
    return frozenset()


def _is_others(wanted: Scope, scopes: frozenset[Scope]) -> bool:
    """Tell whether a right over one's own is asked for over what is somebody else's."""
    if wanted is Scope.INSIDE:
        return not scopes & {Scope.OWN, Scope.INSIDE}
    return wanted is Scope.OWN and Scope.OWN not in scopes


async def _scopes_of_lawyer(db: Transaction, me: str, session: Session) -> frozenset[Scope]:
    duty = await asked.duty_of(db, me)
    if duty is None:
        return frozenset()
    helps = duty.helping_id == session.id
    return frozenset({Scope.RUNG, Scope.INSIDE}) if helps else frozenset({Scope.RUNG})


async def _scopes_of_guest(db: Transaction, account_id: str, session: Session) -> frozenset[Scope]:
    guest = await repository.guest_of_account(db, account_id)
    if guest is None or guest.session_id != session.id:
        return frozenset()
    inside = guest.state is GuestState.INSIDE
    return frozenset({Scope.OWN, Scope.INSIDE}) if inside else frozenset({Scope.OWN})


async def _session_of(db: Transaction, body: object) -> Session | None:
    if not isinstance(body, OfSession):
        return None
    session = await repository.lock_session(db, body.session)
    if session is None:
        raise NotFound
    return session


def _same_again(done: DoneCommand, principal: Principal, command: Command) -> Answer:
    if (done.actor_id, done.type) != (principal.account_id, command.type):
        raise Conflict("command_id_taken")
    return done.answer


def _done(command: Command, principal: Principal, answer: Answer, now: datetime) -> DoneCommand:
    return DoneCommand(
        id=command.id or new_id(),
        actor_id=principal.account_id,
        type=command.type,
        answer=dict(answer),
        at=now,
    )
