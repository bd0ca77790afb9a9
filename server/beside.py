"""What runs in the web process beside its requests."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from server import garbage
from server.appointments.upkeep import LOOK_EVERY_S as UPKEEP_EVERY_S
from server.appointments.upkeep import Upkeep as AppointmentUpkeep
from server.dispatch.alarms import LOOK_EVERY_S, Alarms
from server.dispatch.leases import RENEW_EVERY
from server.house import House, now
from server.live.adapter import repeat_forever
from server.media.rooms import Rooms

log = logging.getLogger(__name__)

CHECK_LOGINS_S = 3.0
"""How often the logins behind open sockets are looked at: who is shut out is out within 5 s."""

SEEN_EVERY_S = 30.0
"""How often the terminals whose pages are open are noted as being switched on."""

LET_GO_EVERY_S = 3.0
"""How often rooms are looked for whose relay nobody runs any more."""

SETTLE_AGAIN_S = 1.0


async def living(house: House, _app: web.Application) -> AsyncIterator[None]:
    """Start what runs beside the requests, and end it again in the opposite order."""
    house.bus.listen(house.wire.hub.changed)
    house.bus.listen(lambda _sessions: house.dispatcher.wake())
    settling = _Settling(house.rooms)
    house.bus.listen(settling.changed)
    tasks = [
        asyncio.create_task(house.bus.run()),
        asyncio.create_task(house.wire.hub.run()),
        asyncio.create_task(house.dispatcher.run()),
        asyncio.create_task(repeat_forever(Alarms(house.db, now).look, LOOK_EVERY_S)),
        asyncio.create_task(
            repeat_forever(AppointmentUpkeep(house.db, house.sessions, now).look, UPKEEP_EVERY_S)
        ),
        asyncio.create_task(settling.run()),
        asyncio.create_task(repeat_forever(house.leases.renew, RENEW_EVERY.total_seconds())),
        asyncio.create_task(repeat_forever(_cutting(house), CHECK_LOGINS_S)),
        asyncio.create_task(repeat_forever(_seeing(house), SEEN_EVERY_S)),
        asyncio.create_task(house.relays.keep(house.listener.follow)),
        asyncio.create_task(repeat_forever(_letting_go(house), LET_GO_EVERY_S)),
        asyncio.create_task(garbage.keep_collecting()),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await house.probes.close()
    await house.relays.close()
    await house.db.close()


def _cutting(house: House) -> Callable[[], Awaitable[None]]:
    async def cut() -> None:
        await house.wire.cut_ended(house.accounts.still_open)

    return cut


def _letting_go(house: House) -> Callable[[], Awaitable[None]]:
    async def let_go() -> None:
        await house.listener.let_go(house.relays)

    return let_go


def _seeing(house: House) -> Callable[[], Awaitable[None]]:
    async def see() -> None:
        found = {one.principal.device_id for one in house.wire.hub.connections()}
        await house.health.seen({device for device in found if device is not None})

    return see


class _Settling:
    """Brings the relays into agreement with sessions that changed, one after the other."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._changed: asyncio.Queue[str] = asyncio.Queue()

    def changed(self, sessions: frozenset[str] | None) -> None:
        for session in sessions or ():
            self._changed.put_nowait(session)

    async def run(self) -> None:
        while True:
            session = await self._changed.get()
            try:
                await self._rooms.settle(session)
            except Exception:
                # The database may be away: what was not settled is settled when it is back.
                log.exception("media.settle_failed")
                self._changed.put_nowait(session)
                await asyncio.sleep(SETTLE_AGAIN_S)
