"""Pages that speak the wire with as little effort as possible: the service is what is measured.

They come back as browsers do (web/static/js/wire), and send again, under the same id, what was not
answered when a line was lost.
"""

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
LOOK_S = 10.0
SHORT_ATTEMPT_S = 2.0
LONG_ATTEMPT_S = 8.0
# As web/static/js/wire/backoff.js.
SOON_S = 0.5
FIRST_S = 1.0
MOST_S = 4.0
PATIENT = 3


class LineLost(Exception):
    """The line ended before an answer came: whether it was done is not known."""


class Page:
    """One page; ``seen`` is called with the text of each view, ``sent``: when it sent anything."""

    def __init__(self, http: aiohttp.ClientSession, url: str, keys: Keys) -> None:
        self.url = url
        self.keys = keys
        self.seen: Callable[[str], None] = lambda _text: None
        self.sent: list[float] = []
        self.attempts: list[float] = []
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._spread = FIRST_S
        self._open = asyncio.Event()
        self._came: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._staying = asyncio.create_task(self._stay())

    def came(self) -> "asyncio.Future[float]":
        """When it next has its first view on a new line; asked for before the line is lost."""
        return self._came

    async def close(self) -> None:
        """Stay away."""
        self._staying.cancel()
        await asyncio.gather(self._staying, return_exceptions=True)

    async def command(self, kind: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a command until it is answered, always under the same id; its answer."""
        envelope = {"v": 1, "id": str(uuid4()), "type": kind, "body": body or {}}
        async with asyncio.timeout(ANSWER_S):
            while True:
                await self._open.wait()
                with contextlib.suppress(LineLost, aiohttp.ClientError, ConnectionError):
                    return await self._ask(envelope)
                await asyncio.sleep(0)  # the line's own task finds out

    async def _ask(self, envelope: dict[str, Any]) -> dict[str, Any]:
        assert self._socket is not None
        self._number += 1
        number, future = self._number, asyncio.get_running_loop().create_future()
        self._answers[number] = future
        text = json.dumps(["command", envelope], ensure_ascii=False, separators=(",", ":"))
        try:
            await self._send(self._socket, f"42{number}{text}")
            return dict(await future)
        finally:
            self._answers.pop(number, None)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        self.sent.append(asyncio.get_running_loop().time())
        await socket.send_str(text)

    async def _stay(self) -> None:
        refusals, attempts = 0, 0
        while True:
            began, attempts, opened = _now(), attempts + 1, self._came
            self.attempts.append(began)
            with contextlib.suppress(aiohttp.ClientError, OSError, TypeError, TimeoutError):
                await self._talk(LONG_ATTEMPT_S if attempts % 4 == 0 else SHORT_ATTEMPT_S)
            self._lost()
            if opened.done():
                refusals = attempts = 0
            refused = opened.done() or _now() - began < SHORT_ATTEMPT_S / 2
            await asyncio.sleep(_wait_before(refusals, refused, self._spread))
            refusals = refusals + 1 if refused else 0

    def _lost(self) -> None:
        self._open.clear()
        for future in self._answers.values():
            if not future.done():
                future.set_exception(LineLost())

    async def _talk(self, attempt_s: float) -> None:
        headers = {"Origin": self.url, "Cookie": f"yuntiao={self.keys.token}"}
        path = f"{self.url}/socket.io/?EIO=4&transport=websocket"
        async with asyncio.timeout(attempt_s) as opening:
            # Compression is offered as every browser offers it: what it costs shall show.
            async with self._http.ws_connect(
                path, headers=headers, max_msg_size=0, compress=15
            ) as socket:
                await socket.receive_str()
                opening.reschedule(None)
                await self._send(socket, f'40{{"csrf":"{self.keys.csrf}"}}')
                if not (await socket.receive_str()).startswith("40"):
                    raise ConnectionError
                self._socket = socket
                looking = asyncio.create_task(self._look(socket))
                try:
                    async for message in socket:
                        await self._take(socket, str(message.data))
                finally:
                    looking.cancel()
                    await asyncio.gather(looking, return_exceptions=True)

    async def _look(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Ask for the first view; without it within LOOK_S the page begins anew."""
        try:
            async with asyncio.timeout(LOOK_S):
                view = await self._ask({"v": 1, "id": str(uuid4()), "type": "sync", "body": {}})
                self._spread = view["body"]["spread"] / 1000
        except TimeoutError:
            await socket.close()
            return
        self._open.set()
        self._came.set_result(_now())
        self._came = asyncio.get_running_loop().create_future()

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        if text == "2":
            await self._send(socket, "3")
        elif text.startswith("41"):  # the process says goodbye
            await socket.close()
        elif text.startswith('42["view"'):
            self._spread = _spread(text, self._spread)
            self.seen(text)
        elif text.startswith("43"):
            start = text.index("[")
            future = self._answers.get(int(text[2:start]))
            if future is not None and not future.done():
                future.set_result(json.loads(text[start:])[0])


def _spread(text: str, before: float) -> float:
    """Read from a view over how many seconds to spread, without reading all of it."""
    name = '"spread":'
    start = text.rfind(name)
    if start < 0:
        return before
    start += len(name)
    return max(FIRST_S, int(text[start : start + 9].split("}")[0].split(",")[0]) / 1000)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _wait_before(refusals: int, refused: bool, spread: float) -> float:
    if not refused:
        return SOON_S * (1 + random.random()) / 2
    growth = 2.0 ** min(max(0, refusals - PATIENT), 8)
    return min(max(MOST_S, spread), spread * growth) * random.random()


async def connect_all(
    http: aiohttp.ClientSession, urls: list[str], crowd: Crowd
) -> tuple[list[Page], list[Page]]:
    """Connect everybody, spread over the processes; terminals and desks."""
    everybody, pages, few = [*crowd.mediators, *crowd.lawyers], [], asyncio.Semaphore(AT_ONCE)

    async def connect(n: int, keys: Keys) -> Page:
        async with few:
            page = Page(http, urls[n % len(urls)], keys)
            await page.came()
            return page

    pages = await asyncio.gather(*(connect(n, keys) for n, keys in enumerate(everybody)))
    return pages[: len(crowd.mediators)], pages[len(crowd.mediators) :]
