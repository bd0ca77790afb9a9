"""Who is in the rooms, by what the relay says now: what it said before may be forgotten.

A relay tells who comes and goes, and remembers so many words. Who listens again after a longer
while asks who is there, once everything that is remembered has been carried out.
"""

import logging
from collections.abc import Awaitable, Callable

from server.media.relay_client import RelayClient
from server.media.relay_events import connect, lose
from server.sessions import repository
from server.sessions.service import Answer, Sessions
from server.sessions.turn import Turn
from server.storage.engine import Database
from server.storage.schema import Session
from signaling.participant import ParticipantState
from signaling.session import IN_ROOM

log = logging.getLogger(__name__)

_LOOKS = 3
"""Something may be written down while the relay answers; hardly three times in a row."""


async def reconcile(db: Database, sessions: Sessions, relay: RelayClient) -> None:
    """Note who of this relay's sessions is connected, and who is not. Raises RelayUnavailable."""
    moved: set[str] | None = None  # None: all are to be looked at
    for _ in range(_LOOKS):
        async with db.read() as read:
            found = await repository.sessions_on_relay(read, relay.address)
        seen = [one for one in found if one.state in IN_ROOM and (moved is None or one.id in moved)]
        here = await relay.present()
        works = [(one.id, agreed(one, here.get(one.id, frozenset()))) for one in seen]
        moved = {ident for ident, work in works if not (await sessions.transact(work))["agreed"]}
        if not moved:
            return
    log.info(
        "relay.presence_unsettled", extra={"relay": relay.address, "sessions": len(moved or ())}
    )


def agreed(seen: Session, here: frozenset[str]) -> Callable[[Turn], Awaitable[Answer]]:
    """Return the work of noting that ``here`` are connected, and nobody else.

    ``seen`` was read before the relay was asked. What was written down since may be newer than its
    answer: then nothing is noted, and ``agreed`` is False.
    """

    async def work(turn: Turn) -> Answer:
        session = await repository.lock_session(turn.db, seen.id)
        if session is None or _moment(session) != _moment(seen):
            return {"agreed": session is None}
        for participant in await repository.participants_of(turn.db, session.id):
            if participant.id not in here:
                await lose(turn, session, participant)
            elif participant.state is not ParticipantState.CONNECTED:
                await connect(turn, session, participant)
        return {"agreed": True}

    return work


def _moment(session: Session) -> tuple[int, str | None, str | None]:
    return session.seq, session.relay, session.relay_boot
