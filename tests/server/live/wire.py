"""A whole web process within the test's loop, and pages that talk to it as a browser's do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import socketio
from aiohttp import web
from sqlalchemy import delete

from server.accounts.tokens import digest, new_token
from server.app import build
from server.settings import load
from server.storage.engine import Database
from server.storage.schema import Login
from tests.server.sessions.desk import Desk, open_desk
from tests.support.ports import free_port
from tests.support.waiting import SLOWNESS, eventually

ANSWER_S = 10 * SLOWNESS


@dataclass(frozen=True)
class Keys:
    """What a signed-in browser holds."""

    token: str
    csrf: str

    @property
    def cookie(self) -> str:
        return f"yuntiao={self.token}"


async def sign_in(desk: Desk, name: str) -> Keys:
    """A login as if its cookie had just been set."""
    keys, now = Keys(new_token(), new_token()), datetime.now(UTC)
    login = Login(
        token_hash=digest(keys.token),
        account_id=desk.id(name),
        device_id=None,
        csrf=keys.csrf,
        created_at=now,
        expires_at=now + timedelta(hours=12),
    )
    async with desk.db.write() as write:
        write.add(login)
    return keys


async def expire(desk: Desk, keys: Keys) -> None:
    async with desk.db.write() as write:
        await write.execute(delete(Login).where(Login.token_hash == digest(keys.token)))


@dataclass
class Page:
    """One page's socket, with everything that was pushed to it."""

    socket: socketio.AsyncClient
    views: list[dict[str, Any]] = field(default_factory=list)
    byes: list[Any] = field(default_factory=list)
    refusals: list[Any] = field(default_factory=list)

    async def send(
        self, kind: str, body: object = None, id: str | None = None, **parts: object
    ) -> dict[str, Any]:
        envelope = {"v": 1, "id": id or str(uuid4()), "type": kind, "body": body or {}, **parts}
        return await self.say("command", envelope)

    async def say(self, event: str, data: Any = None) -> dict[str, Any]:
        answer = await self.socket.call(event, data, timeout=ANSWER_S)
        assert isinstance(answer, dict), answer
        return answer

    async def ok(self, kind: str, body: object = None, id: str | None = None) -> dict[str, Any]:
        answer = await self.send(kind, body, id)
        assert answer["ok"], answer
        return dict(answer["body"])

    async def shown(self, what: str = "view", **parts: Any) -> dict[str, Any]:
        """The newest pushed view, once it has these parts."""

        def there() -> dict[str, Any] | None:
            fits = bool(self.views) and all(
                self.views[-1][name] == value for name, value in parts.items()
            )
            return self.views[-1] if fits else None

        found = await eventually(there, what=what)
        assert found is not None
        return found


class Refused(Exception):
    """The door said no; the argument is what it said."""


def _said(refusal: Any) -> str:
    return str(refusal["message"] if isinstance(refusal, dict) else refusal)


class Wire:
    """The web process and its people."""

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk = desk
        self.url = f"http://localhost:{port}"
        self._pages: list[socketio.AsyncClient] = []

    async def page(self, name: str) -> Page:
        """Signed in, connected, and shown its first view."""
        page = await self.open(await sign_in(self.desk, name))
        await page.ok("sync")
        return page

    async def open(self, keys: Keys | None, **options: Any) -> Page:
        socket = socketio.AsyncClient(reconnection=False)
        page = Page(socket)
        socket.on("view", page.views.append)
        socket.on("bye", page.byes.append)
        socket.on("connect_error", page.refusals.append)
        headers = {"Origin": self.url, **({"Cookie": keys.cookie} if keys else {})}
        given: dict[str, Any] = {"headers": headers, "auth": {"csrf": keys.csrf if keys else ""}}
        given |= {"wait_timeout": 10, **options}
        self._pages.append(socket)
        try:
            await socket.connect(self.url, transports=["websocket"], **given)
        except socketio.exceptions.ConnectionError as error:
            raise Refused([_said(one) for one in page.refusals]) from error
        return page

    @contextlib.asynccontextmanager
    async def raw(self, keys: Keys) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A websocket on which a test writes the packets itself, connected to the namespace."""
        headers = {"Origin": self.url, "Cookie": keys.cookie}
        path = f"{self.url}/socket.io/?EIO=4&transport=websocket"
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(path, max_msg_size=0) as socket,
        ):
            assert (await socket.receive_str()).startswith("0{")
            await socket.send_str(f'40{{"csrf":"{keys.csrf}"}}')
            assert (await socket.receive_str()).startswith("40")
            yield socket

    async def close(self) -> None:
        for socket in self._pages:
            await socket.shutdown()
            if socket.eio.http is not None:  # left open where the other side went away
                await socket.eio.http.close()


@contextlib.asynccontextmanager
async def open_wire(
    db: Database, folder: Path, desk: Desk | None = None, **settings: str
) -> AsyncIterator[Wire]:
    """A web process on this database, with new people unless given; no relay answers it."""
    desk, port = desk or await open_desk(db), free_port()
    desk.clock.now = datetime.now(UTC)
    environment = {
        "YUNTIAO_DATA": str(folder / "data"),
        "YUNTIAO_PORT": str(port),
        "YUNTIAO_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "YUNTIAO_RELAYS": f"unix:{folder / 'none.sock'}",
        **settings,
    }
    runner = web.AppRunner(build(load(environment)), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    wire = Wire(desk, port)
    try:
        yield wire
    finally:
        await wire.close()
        await runner.cleanup()
        # aiohttp's and Socket.IO's last callbacks run before the loop is taken away.
        await asyncio.sleep(0)
