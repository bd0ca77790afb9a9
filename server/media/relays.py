"""The relays that there are: those that are named, and those found where some may run.

An address with ``*`` stands for one relay for each UDP port that relays may take: each is asked
again and again whether it is there. Nobody enrols, and nothing is kept of them: whether a relay
lives is known to the kernel of its machine, which refuses the connection when it does not.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

from server.media.relay_client import RelayClient, RelayGone, RelayUnavailable
from server.settings import Settings

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
SILENT_LOOKS = 10
"""So many looks in a row may a relay leave without an answer before it is passed over."""

Follow = Callable[[RelayClient], Awaitable[None]]


class Relays(Mapping[str, RelayClient]):
    """By address. Those that are named are always here, the others while they answer."""

    def __init__(self, addresses: Sequence[str], ports: Sequence[int], token: str) -> None:
        named = [one for one in addresses if "*" not in one]
        places = [one for one in addresses if "*" in one]
        self._maybe = {
            address: RelayClient(address, token)
            for place in places
            for address in (place.replace("*", str(port)) for port in ports)
        }
        self._here = {one: RelayClient(one, token) for one in named}
        self._silent: dict[str, int] = {}

    def __getitem__(self, address: str) -> RelayClient:
        return self._here[address]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._here))

    def __len__(self) -> int:
        return len(self._here)

    async def look(self) -> None:
        """See who has come and who has gone."""
        await asyncio.gather(*(self._ask(relay) for relay in self._maybe.values()))

    async def is_gone(self, address: str) -> bool:
        """Whether a relay that was found once runs no more; one that is only silent may still."""
        relay = self._maybe.get(address)
        if relay is None or address in self._here:
            return False
        try:
            await relay.hello()
        except RelayGone:
            return True
        except RelayUnavailable:
            return False
        return False

    async def keep(self, follow: Follow) -> None:
        """Look for ever, and ``follow`` each relay as long as it is here."""
        following: dict[str, asyncio.Future[None]] = {}
        try:
            while True:
                try:
                    await self.look()
                except Exception:  # whatever one of them answers, the others go on
                    log.exception("relay.look_failed")
                await _end([following.pop(one) for one in following.keys() - self._here.keys()])
                for address in self._here.keys() - following.keys():
                    following[address] = asyncio.ensure_future(follow(self._here[address]))
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            await _end(list(following.values()))

    async def close(self) -> None:
        """Close the connections to all of them."""
        for relay in {**self._maybe, **self._here}.values():
            await relay.close()

    async def _ask(self, relay: RelayClient) -> None:
        try:
            await relay.hello()
        except RelayGone:
            self._here.pop(relay.address, None)
        except RelayUnavailable:
            silent = self._silent[relay.address] = self._silent.get(relay.address, 0) + 1
            if silent >= SILENT_LOOKS:
                self._here.pop(relay.address, None)
        else:
            self._silent[relay.address] = 0
            self._here[relay.address] = relay


def relays_of(settings: Settings) -> Relays:
    """Return the relays that the settings speak of."""
    return Relays(settings.relays, settings.relay_udp_ports, settings.relay_token)


async def _end(tasks: Sequence["asyncio.Future[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
