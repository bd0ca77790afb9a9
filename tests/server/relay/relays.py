"""A relay within the test's own loop, and the web process's view of it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp

from recordings.recorder import Recorder
from server.relay.config import RelayConfig, UnixControl
from server.relay.relay import MakeRecorder
from server.relay.service import serve
from tests.support.waiting import eventually

ROOM = "a" * 32
SESSION = "b" * 32


class Control:
    """A client of the control API; answers are (status, JSON)."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.http = session
        self.events: list[dict[str, Any]] = []

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        kwargs = {} if body is None else {"json": body}
        async with self.http.request(method, f"http://relay{path}", **kwargs) as response:  # type: ignore[arg-type]
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def join(self, peer: str, place: int, offer: str, room: str = ROOM) -> tuple[int, Any]:
        body = {"place": place, "role": "party", "offer": offer}
        return await self.call("POST", f"/rooms/{room}/peers/{peer}", body)

    async def listen(self, query: str = "") -> None:
        """Gather events until cancelled."""
        async with self.http.get(f"http://relay/events{query}", timeout=_NO_LIMIT) as response:
            async for line in response.content:
                if line.strip():
                    self.events.append(json.loads(line))

    def heard(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == kind]


_NO_LIMIT = aiohttp.ClientTimeout(total=None)


@contextlib.asynccontextmanager
async def running_relay(
    folder: Path, make_recorder: MakeRecorder = Recorder, announce: Sequence[str] = ("127.0.0.1",)
) -> AsyncIterator[Control]:
    """A relay on a free UDP port of our addresses; its events are gathered."""
    path = folder / "relay.sock"
    addresses = tuple(ip_address(one) for one in announce)
    config = RelayConfig(UnixControl(path), 0, addresses, folder / "recordings")
    stop = asyncio.Event()
    serving = asyncio.create_task(serve(config, stop, make_recorder))
    connector = aiohttp.UnixConnector(str(path))
    try:
        async with aiohttp.ClientSession(connector=connector) as session:
            control = Control(session)
            await eventually(lambda: serving.done() or path.exists())
            listening = asyncio.create_task(control.listen())
            await eventually(lambda: control.heard("hello"))
            yield control
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
    finally:
        stop.set()
        await serving
