"""Pages that speak the wire with as little effort as possible: the service is what is measured."""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import aiohttp

from tests.bench.dispatch.crowd import Crowd, Keys

AT_ONCE = 40
ANSWER_S = 60.0
# As web/static/js/wire: the first attempt within a second, then longer, each with chance in it.
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 15.0


class Page:
    """One page; ``seen`` is called with the text of each view, ``attempts``: when it came."""

    def __init__(self, http: aiohttp.ClientSession, url: str, keys: Keys) -> None:
        self.url = url
        self.keys = keys
        self.seen: Callable[[str], None] = lambda _text: None
        self.attempts: list[float] = []
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._sent = 0
        self._open = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Connect and get the first view; stay connected from now on."""
        self._reading = asyncio.create_task(self._stay())
        await self._open.wait()

    async def back_from(self, url: str) -> None:
        """Wait until a page of this process, which has just died, has its view again."""
        if self.url == url:
            self._open.clear()
            await self._open.wait()

    async def command(self, kind: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command; its answer."""
        assert self._socket is not None
        self._sent += 1
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[self._sent] = future
        envelope = {"v": 1, "id": str(uuid4()), "type": kind, "body": body or {}}
        text = json.dumps(["command", envelope], ensure_ascii=False, separators=(",", ":"))
        await self._socket.send_str(f"42{self._sent}{text}")
        async with asyncio.timeout(ANSWER_S):
            return dict(await future)

    async def _stay(self) -> None:
        wait = FIRST_RETRY_S
        while True:
            self.attempts.append(asyncio.get_running_loop().time())
            with contextlib.suppress(aiohttp.ClientError, OSError, ConnectionError):
                await self._talk()
                wait = FIRST_RETRY_S
            self._open.clear()
            await asyncio.sleep(wait * random.uniform(0.2, 1.0))
            wait = min(LONGEST_RETRY_S, wait * 2)

    async def _talk(self) -> None:
        headers = {"Origin": self.url, "Cookie": f"yuntiao={self.keys.token}"}
        path = f"{self.url}/socket.io/?EIO=4&transport=websocket"
        async with self._http.ws_connect(path, headers=headers, max_msg_size=0) as socket:
            self._socket = socket
            await socket.receive_str()
            await socket.send_str(f'40{{"csrf":"{self.keys.csrf}"}}')
            if not (await socket.receive_str()).startswith("40"):
                raise ConnectionError
            first = asyncio.create_task(self.command("sync"))
            first.add_done_callback(self._has_view)
            async for message in socket:
                await self._take(socket, str(message.data))

    def _has_view(self, first: asyncio.Task[dict[str, Any]]) -> None:
        if not first.cancelled() and first.exception() is None:
            self._open.set()

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        if text == "2":
            await socket.send_str("3")
        elif text.startswith('42["view"'):
            self.seen(text)
        elif text.startswith("43"):
            start = text.index("[")
            future = self._answers.pop(int(text[2:start]), None)
            if future is not None and not future.done():
                future.set_result(json.loads(text[start:])[0])


async def connect_all(urls: list[str], crowd: Crowd) -> tuple[list[Page], list[Page]]:
    """Connect everybody, spread over the processes; terminals and desks."""
    # They stay open as long as this process: it ends with the measurement.
    http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    everybody = [*crowd.mediators, *crowd.lawyers]
    pages = [Page(http, urls[n % len(urls)], keys) for n, keys in enumerate(everybody)]
    few = asyncio.Semaphore(AT_ONCE)

    async def connect(page: Page) -> None:
        async with few:
            await page.connect()

    await asyncio.gather(*(connect(page) for page in pages))
    return pages[: len(crowd.mediators)], pages[len(crowd.mediators) :]
