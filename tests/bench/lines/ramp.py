"""How soon a picture is clear: a publisher with room for it, from the moment of joining."""

import asyncio
import time
from pathlib import Path

from tests.conftest import OpenBrowser
from tests.e2e.line_call import FAR, NEAR, Caller, line_call
from tests.support.media import BUSY, MEDIATOR
from tests.support.ports import free_port

_CLEAR_KBPS = 1500
_WITHIN_S = 5.0
_GIVEN_UP_S = 20.0


async def ramp(open_browser: OpenBrowser, folder: Path) -> list[tuple[str, float, str]]:
    """Seconds until the camera sends 1.5 Mbit/s; the most that it sends in the first five."""
    port = free_port()
    async with line_call(folder, port, "127.0.0.1") as call:
        near = await call.caller(await open_browser(BUSY), NEAR, "127.0.0.1")
        far = await call.caller(await open_browser(MEDIATOR), FAR, "127.0.0.1")
        await far.join()
        await near.join()
        took, most = await _watch(near)
    return [("lines.ramp_s", took, "s"), ("lines.ramp_kbps", most, "kbit/s")]


async def _watch(caller: Caller) -> tuple[float, float]:
    began, most = time.monotonic(), 0.0
    at, octets = began, await _sent(caller)
    while (now := time.monotonic()) < began + _GIVEN_UP_S:
        await asyncio.sleep(0.5)  # a rate is of a time
        now, total = time.monotonic(), await _sent(caller)
        kbps = (total - octets) * 8 / 1000 / (now - at)
        at, octets = now, total
        if now <= began + _WITHIN_S + 0.5:
            most = max(most, kbps)
        if kbps >= _CLEAR_KBPS:
            return now - began, most
    return _GIVEN_UP_S, most


async def _sent(caller: Caller) -> int:
    return int(sum(layer["bytesSent"] for layer in await caller.sent()))
