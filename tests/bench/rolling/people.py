"""Pages as browsers have them: at whichever web process there is, sending until answered."""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp

from tests.bench.dispatch.crowd import Keys

ANSWER_S = 10.0
RETRY_S = 0.2
FIRST_LOOK = 10**9  # the number of that question
NOT_STORED = frozenset({"sync", "media.offer"})

View = Mapping[str, Any]


class LineLost(Exception):
    """The line ended before an answer came: whether it was done is not known."""


class Refused(Exception):
    """The service said no; the argument is its code."""


@dataclass
class Front:
    """What a proxy is to browsers: the web processes there are, in one place."""

    origin: str
    http: aiohttp.ClientSession
    urls: list[str] = field(default_factory=list)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)  # kind: ids of commands

    def one(self) -> str:
        return random.choice(self.urls)


class Page:
    """One person's page; ``view`` is what it shows."""

    def __init__(self, front: Front, keys: Keys) -> None:
        self.view: View = {}
        self.came = 0  # how often it had to connect
        self._front = front
        self._keys = keys
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._sent = 0
        self._news = asyncio.Condition()
        self._staying = asyncio.create_task(self._stay())

    async def close(self) -> None:
        self._staying.cancel()
        await asyncio.gather(self._staying, return_exceptions=True)

    async def command(self, kind: str, body: View | None = None) -> dict[str, Any]:
        """Send until it is answered, always under the same id; raises Refused."""
        ident = str(uuid4())
        envelope = {"v": 1, "id": ident, "type": kind, "body": body or {}}
        while True:
            try:
                answer = await self._ask(envelope)
            except LineLost:
                await asyncio.sleep(RETRY_S)
                continue
            if not answer["ok"]:
                raise Refused(answer["code"])
            if kind not in NOT_STORED:
                ids = self._front.acknowledged.setdefault(kind, [])
                ids.append(ident.replace("-", ""))
            return dict(answer["body"])

    async def shown(self, fits: Callable[[View], bool]) -> View:
        """Wait until what is shown fits."""
        async with self._news:
            await self._news.wait_for(lambda: bool(self.view) and fits(self.view))
            return self.view

    async def _ask(self, envelope: View) -> Any:
        socket = self._socket
        if socket is None or socket.closed:
            raise LineLost
        self._sent += 1
        number, future = self._sent, asyncio.get_running_loop().create_future()
        self._answers[number] = future
        text = json.dumps(["command", envelope], ensure_ascii=False)
        try:
            await socket.send_str(f"42{number}{text}")
            async with asyncio.timeout(ANSWER_S):
                return await future
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as error:
            await socket.close()
            raise LineLost from error
        finally:
            self._answers.pop(number, None)

    async def _stay(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError, LineLost, TypeError):
                await self._talk()
            self._socket = None
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(LineLost())
            await asyncio.sleep(RETRY_S)

    async def _talk(self) -> None:
        front = self._front
        headers = {
            "Host": front.origin.removeprefix("http://"),
            "Origin": front.origin,
            "Cookie": f"yuntiao={self._keys.token}",
        }
        path = f"{front.one()}/socket.io/?EIO=4&transport=websocket"
        async with front.http.ws_connect(path, headers=headers, max_msg_size=0) as socket:
            await socket.receive_str()
            await socket.send_str(f'40{{"csrf":"{self._keys.csrf}"}}')
            if not (await socket.receive_str()).startswith("40"):
                raise LineLost
            self.came += 1
            self._socket = socket
            look = json.dumps(["command", {"v": 1, "id": str(uuid4()), "type": "sync", "body": {}}])
            await socket.send_str(f"42{FIRST_LOOK}{look}")
            async for message in socket:
                await self._take(socket, str(message.data))

    async def _take(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        if text == "2":
            await socket.send_str("3")
        elif text.startswith('42["view"'):
            await self._show(json.loads(text[2:])[1])
        elif text.startswith("43"):
            start = text.index("[")
            number, (answer,) = int(text[2:start]), json.loads(text[start:])
            if number == FIRST_LOOK and answer["ok"]:
                await self._show(answer["body"])  # here, in the order in which views come
            future = self._answers.get(number)
            if future is not None and not future.done():
                future.set_result(answer)

    async def _show(self, view: View) -> None:
        async with self._news:
            self.view = view
            self._news.notify_all()
