"""The loop that moves sessions on when nobody's command does.

Every web process runs it. The database decides: a session is moved by whoever's transaction comes
first, the other reads again and finds nothing left to do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from server.dispatch import overdue
from server.dispatch.leases import Leases
from server.dispatch.repository import to_move_on
from server.dispatch.ringing import ring_next
from server.logs import tracing
from server.sessions import repository
from server.sessions.service import Answer, Sessions
from server.sessions.turn import Turn
from server.storage.engine import Database
from server.storage.schema import Session
from signaling.dispatch import Rule
from signaling.errors import UserError
from signaling.session import SessionState

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between looks at the clock; changes wake the loop at once."""

Move = Callable[[Turn, Session], Awaitable[None]]


class Dispatcher:
    """Moves due sessions on; one a process."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        rule: Rule,
        clock: Callable[[], datetime],
        leases: Leases,
    ) -> None:
        self._db = db
        self._sessions = sessions
        self._clock = clock
        self._wake = asyncio.Event()
        self._leases = leases
        self._moves = _moves(rule, leases)

    def wake(self) -> None:
        """Look now: something has changed."""
        self._wake.set()

    async def run(self) -> None:
        """Loop until cancelled."""
        while True:
            try:
                await self.settle()
            except Exception:
                # The database may be away for a while; the people still wait, so the loop goes on.
                log.exception("dispatch.failed")
            await self._next_look()

    async def settle(self) -> None:
        """Move on every session that is due, in the order of the queue."""
        await self._leases.renew_what_ran_out()
        async with self._db.read() as db:
            due = await to_move_on(db, self._clock())
        for session_id in due:
            await self._move(session_id)

    async def _move(self, session_id: str) -> None:
        async def work(turn: Turn) -> Answer:
            session = await repository.lock_unless_locked(turn.db, session_id)
            if session is not None and session.state in self._moves:
                await self._moves[session.state](turn, session)
            return {}

        try:
            with tracing(session=session_id):
                await self._sessions.transact(work)
        except UserError as error:
            log.info("dispatch.conflict", extra={"session": session_id, "code": error.code})

    async def _next_look(self) -> None:
        try:
            async with asyncio.timeout(TICK):
                await self._wake.wait()
        except TimeoutError:
            return
        finally:
            self._wake.clear()


def _moves(rule: Rule, leases: Leases) -> Mapping[SessionState, Move]:
    async def ring(turn: Turn, session: Session) -> None:
        await ring_next(turn, session, rule, leases.believed_from())

    async def look_after(turn: Turn, session: Session) -> None:
        await overdue.look_after(turn, session, rule)

    return {
        SessionState.REQUESTED: ring,
        SessionState.RINGING: ring,
        SessionState.UNANSWERED: overdue.give_up_waiting,
        SessionState.ACCEPTED: overdue.check_connecting,
        SessionState.LIVE: look_after,
        SessionState.PAUSED: look_after,
        SessionState.WRAPPING: overdue.free_lawyer,
    }
