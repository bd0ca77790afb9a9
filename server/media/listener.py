"""Listening to the relays: events carried out, restarts noticed, journals read."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from server.logs import tracing, usable_id
from server.media.journals import Journals
from server.media.presence import reconcile
from server.media.relay_client import RelayClient, RelayUnavailable
from server.media.relay_events import Heard, carry_out
from server.media.relays import Relays
from server.media.restart import abandoned, restarted
from server.media.rooms import Rooms
from server.sessions import repository
from server.sessions.service import Sessions
from server.storage.engine import Database
from signaling.errors import UserError

log = logging.getLogger(__name__)

RETRY_S = 0.3

Quality = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""Told of a session's connection quality: the session, then participant id → figures."""

Pointed = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""Told where somebody points: the session, then who, at which spot, and whom the relay names."""


class Listener:
    """Follows every relay's events; a task for each."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        rooms: Rooms,
        journals: Journals,
        quality: Quality,
        pointed: Pointed,
    ) -> None:
        self._db = db
        self._sessions = sessions
        self._rooms = rooms
        self._journals = journals
        self._quality = quality
        self._pointed = pointed
        self.heard: set[str] = set()

    async def follow(self, relay: RelayClient) -> None:
        """Follow one relay until cancelled, through its restarts and ours."""
        while True:
            try:
                await self._listen(relay)
            except RelayUnavailable:
                log.info("relay.away", extra={"relay": relay.address})
            except Exception:
                log.exception("relay.listen_failed")
            self.heard.discard(relay.address)
            await asyncio.sleep(RETRY_S)

    async def let_go(self, relays: Relays) -> None:
        """Rooms on relays that nobody runs any more are nowhere; who was in one comes again."""
        async with self._db.read() as db:
            used = await repository.relays_in_use(db)
        for address in used:
            if await relays.is_gone(address):
                await self._abandon(address)

    async def _abandon(self, address: str) -> None:
        async with self._db.read() as db:
            sessions = await repository.sessions_on_relay(db, address)
        log.info("relay.abandoned", extra={"relay": address, "sessions": len(sessions)})
        for session in sessions:
            await self._sessions.transact(abandoned(session.id, address))
            await self._journals.read(session.id)

    async def _listen(self, relay: RelayClient) -> None:
        boot, latest, is_behind = "", 0, True
        async for event in relay.events():
            if event["type"] == "hello":
                boot, latest = str(event["boot"]), int(event["n"])
                await self._greet(relay, boot)
                continue
            with tracing(session=usable_id(event.get("room")), relay=relay.address):
                await self._carry_out(Heard(boot, event))
            if is_behind and event["n"] >= latest:
                is_behind = False
                await reconcile(self._db, self._sessions, relay)

    async def _greet(self, relay: RelayClient, boot: str) -> None:
        self.heard.add(relay.address)
        async with self._db.read() as db:
            sessions = await repository.sessions_on_relay(db, relay.address)
        for session in sessions:
            if session.relay_boot != boot:
                await self._sessions.transact(restarted(session.id, relay.address, boot))
                # What the relay could still save of its files, it has told the journal.
                await self._journals.read(session.id)
        await self._rooms.tidy(relay)

    async def _carry_out(self, heard: Heard) -> None:
        kind = heard.body["type"]
        room = str(heard.body.get("room", ""))
        if kind == "quality":
            await self._quality(room, heard.body["peers"])
            return
        if kind == "pointed":
            await self._pointed(room, heard.body)
            return
        if kind in ("recording.segment", "recording.closed"):
            await self._journals.read(room)
        work = carry_out(heard)
        if work is None:
            return
        try:
            await self._sessions.transact(work)
        except UserError as error:
            log.info("relay.event_conflict", extra={"session": room, "code": error.code})
