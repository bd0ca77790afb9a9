"""`python -m server drain`: a relay takes no new rooms; it ends when the last one has closed."""

import asyncio
import sys

from server.media.relay_client import RelayUnavailable
from server.media.relays import relays_of
from server.settings import Settings

LOOK_S = 1.0


async def drain(settings: Settings, address: str) -> int:
    """Return 0 when the relay is empty and may be stopped; 2: which relay, or it is away."""
    relays = relays_of(settings)
    await relays.look()
    if not address and len(relays) == 1:
        (address,) = relays
    relay = relays.get(address)
    if relay is None:
        await relays.close()
        return _say(f"name one of the relays: {' '.join(relays) or 'none is running'}")
    try:
        await relay.drain()
        while rooms := await relay.rooms():
            print(f"{len(rooms)} rooms are still open", flush=True)
            await asyncio.sleep(LOOK_S)
    except RelayUnavailable:
        return _say(f"{address} does not answer")
    finally:
        await relays.close()
    print("empty: it may be stopped")
    return 0


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
