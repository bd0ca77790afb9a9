"""Lines to try out: a room on a relay for one terminal alone, for some seconds."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from uuid import uuid4

from server.media.relay_client import RelayClient, RelayUnavailable, answering

log = logging.getLogger(__name__)

LASTS_S = 15.0
AT_ONCE = 20
MARK = "7e57"
"""How a trial's room begins: sessions' ids may, too, but then the database knows of them."""


class Probes:
    """The trials of this process; each ends by itself, or when its terminal begins another."""

    def __init__(self, relays: Mapping[str, RelayClient], lasts: float = LASTS_S) -> None:
        self._relays = relays
        self._lasts = lasts
        self._running: dict[str, asyncio.Task[None]] = {}

    async def open(self, who: str, sdp: str) -> str:
        """Answer an offer; raises RelayUnavailable, OfferRefused."""
        before = self._running.get(who)
        if before is not None:
            before.cancel()
        elif len(self._running) >= AT_ONCE:
            raise RelayUnavailable
        relay, room = await self._least_busy(), MARK + uuid4().hex[len(MARK) :]
        await relay.put_room(room, record=False)
        task = asyncio.create_task(self._end_later(relay, room))
        self._running[who] = task
        task.add_done_callback(lambda done: self._forget(who, done))
        return await relay.offer(room, uuid4().hex, 0, "mediator", sdp)

    async def close(self) -> None:
        """End every trial."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _least_busy(self) -> RelayClient:
        found = await answering(self._relays.values())
        if not found:
            raise RelayUnavailable
        return found[0][0]

    async def _end_later(self, relay: RelayClient, room: str) -> None:
        try:
            await asyncio.sleep(self._lasts)
        finally:
            with suppress(RelayUnavailable):
                await relay.delete_room(room)

    def _forget(self, who: str, task: "asyncio.Task[None]") -> None:
        if self._running.get(who) is task:
            del self._running[who]
