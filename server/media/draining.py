"""`python -m server drain`: a relay takes no new rooms; it ends when the last one has closed."""

import asyncio
import sys

from server.media.relay_client import RelayClient, RelayUnavailable
from server.settings import Settings

LOOK_S = 1.0


async def drain(settings: Settings, address: str) -> int:
    """Return 0 when the relay is empty and may be stopped; 2: which relay, or it is away."""
    if not address and len(settings.relays) == 1:
        (address,) = settings.relays
    if address not in settings.relays:
        return _say(f"name one of the relays: {' '.join(settings.relays)}")
    relay = RelayClient(address, settings.relay_token)
    try:
        await relay.drain()
        while rooms := await relay.rooms():
            print(f"{len(rooms)} rooms are still open", flush=True)
            await asyncio.sleep(LOOK_S)
    except RelayUnavailable:
        return _say(f"{address} does not answer")
    finally:
        await relay.close()
    print("empty: it may be stopped")
    return 0


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2
