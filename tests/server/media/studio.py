"""A desk whose rooms are on a real relay process, with callers that send real packets."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from socket import SOCK_DGRAM
from typing import Any

from server.media.journals import Journals
from server.media.listener import Listener
from server.media.relay_client import RelayClient, RelayUnavailable
from server.media.rooms import Rooms
from server.storage.engine import Database
from server.web.principal import Principal
from signaling.commands import OfferMedia
from tests.server.relay.light_client import LightClient, rtp_packet
from tests.server.relay.offers import OPUS
from tests.server.sessions.desk import Desk, open_desk, sessions_on
from tests.support.ports import free_port
from tests.support.processes import Program, start
from tests.support.waiting import eventually


class RelayProcess:
    """`python -m server relay`, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.recordings = folder / "recordings"
        self.client = RelayClient(f"unix:{folder / 'r.sock'}", "")
        self._env = {
            "YUNTIAO_DATA": str(folder / "data"),
            "YUNTIAO_RECORDINGS": str(self.recordings),
            "YUNTIAO_RELAY_CONTROL": self.client.address,
            "YUNTIAO_RELAY_UDP_PORT": str(free_port(SOCK_DGRAM)),
            "YUNTIAO_RELAY_ADDRESSES": "127.0.0.1",
            "PATH": "/usr/bin:/bin",
        }
        self._program: Program | None = None

    @property
    def program(self) -> Program:
        assert self._program is not None, "start() comes first"
        return self._program

    async def start(self) -> None:
        command = [sys.executable, "-m", "server", "relay"]
        self._program = start(command, self.folder / "relay.log", self._env)

        async def answers() -> bool:
            with contextlib.suppress(RelayUnavailable):
                return bool((await self.client.hello()).boot)
            return False

        await eventually(answers, 30, "the relay answers")

    def kill(self) -> None:
        self.program.kill_family()

    def stop(self) -> None:
        self.program.stop()

    async def close(self) -> None:
        await self.client.close()
        if self._program is not None:
            self._program.stop()


async def becomes(desk: Desk, session: str, **columns: object) -> None:
    """Until the session's row says so."""

    async def there() -> bool:
        row = await desk.row(session)
        found = {name: getattr(row, name) for name in columns}
        assert found == columns, found
        return True

    await eventually(there, 20, str(columns))


class Caller:
    """One page's media: offers through the service, then sends a sound every 20 ms."""

    def __init__(self, rooms: Rooms, principal: Principal, session: str) -> None:
        self.epoch = 0
        self._rooms = rooms
        self._principal = principal
        self._session = session
        self._client = LightClient()
        self._sending: asyncio.Task[None] | None = None

    async def join(self) -> None:
        await self._client.connect(self._offer)
        self._sending = asyncio.create_task(self._send())

    async def _offer(self, sdp: str) -> str:
        answer = await self._rooms.offer(self._principal, OfferMedia(self._session, sdp))
        self.epoch = int(answer["epoch"])
        return str(answer["sdp"])

    async def _send(self) -> None:
        seq = 1
        while True:
            packet = rtp_packet(OPUS, seq, seq * 960, self._client.ssrcs[0], b"\x78sound", True)
            with contextlib.suppress(OSError):  # the relay may be away
                self._client.send_rtp(packet)
            seq += 1
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        if self._sending is None:
            return
        sending, self._sending = self._sending, None
        sending.cancel()
        await self._client.close(politely=False)


class Studio:
    """Desk, relay, rooms, and as many listeners as a test wants."""

    def __init__(self, desk: Desk, relay: RelayProcess) -> None:
        self.desk = desk
        self.relay = relay
        self.rooms = Rooms(desk.db, desk.sessions, {relay.client.address: relay.client})
        self.quality: list[tuple[str, Any]] = []
        self.pointed: list[tuple[str, Any]] = []
        self._listening: list[asyncio.Task[None]] = []
        self._closing = contextlib.AsyncExitStack()
        desk.sessions._changed = self._settle

    async def _settle(self, changed: frozenset[str]) -> None:
        for session in changed:
            await self.rooms.settle(session)

    async def listen(self, client: RelayClient | None = None) -> Listener:
        """One web process's listener, with a database object of its own."""
        db = Database(self.desk.db.engine.url.render_as_string(hide_password=False))
        sessions = sessions_on(db, self.desk.clock, [])
        client = client or RelayClient(self.relay.client.address, "")
        rooms = Rooms(db, sessions, {client.address: client})
        journals = Journals(db, self.relay.recordings)
        listener = Listener(db, sessions, rooms, journals, self._note_quality, self._note_pointed)
        task = asyncio.create_task(listener.follow(client))
        self._listening.append(task)
        self._closing.push_async_callback(db.close)
        self._closing.push_async_callback(client.close)
        self._closing.push_async_callback(_end, task)
        await eventually(lambda: client.address in listener.heard)
        return listener

    async def deafen(self) -> None:
        """All web processes are away; the relay goes on."""
        for task in self._listening:
            await _end(task)

    async def _note_pointed(self, session: str, told: Any) -> None:
        self.pointed.append((session, told))

    async def _note_quality(self, session: str, peers: Any) -> None:
        self.quality.append((session, peers))

    async def call(self, *names: str) -> tuple[str, list[Caller]]:
        """A session taken by the lawyer, and its callers on their way in."""
        session = await self.desk.accepted()
        callers = [await self.join(name, session) for name in names or ("mediator", "lawyer")]
        return session, callers

    async def join(self, name: str, session: str) -> Caller:
        caller = Caller(self.rooms, self.desk.people[name], session)
        await caller.join()
        self._closing.push_async_callback(caller.close)
        return caller

    async def becomes(self, session: str, **columns: object) -> None:
        """Until the session's row says so."""
        await becomes(self.desk, session, **columns)

    async def close(self) -> None:
        await self._closing.aclose()


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def open_studio(db: Database, folder: Path) -> AsyncIterator[Studio]:
    relay = RelayProcess(folder)
    await relay.start()
    studio = Studio(await open_desk(db), relay)
    try:
        yield studio
    finally:
        await studio.close()
        await relay.close()
