"""Everything of production but the proxy: web processes, relays, jobs, PostgreSQL and Redis.

What is renewed begins beside the old one, as `server/deploy/renew.sh` does it.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp

from server.media.relays import Relays
from server.storage.engine import Database
from server.storage.migrate import upgrade
from tests.bench.rolling.people import Front
from tests.support.ports import free_port
from tests.support.postgres import MortalPostgres, mortal_postgres
from tests.support.processes import Program, start, wait_until_listening
from tests.support.waiting import eventually

ORIGIN = "http://yuntiao.test"
READY_S = 60.0
PORTS = 16


class Town:
    """The processes, and how each is renewed."""

    def __init__(self, folder: Path, postgres: MortalPostgres, url: str, front: Front) -> None:
        self.database_url = url
        self.front = front
        self._folder = folder
        self._postgres = postgres
        self._redis_port = free_port()
        first = free_port(socket.SOCK_DGRAM)
        anywhere, token = f"unix:{folder}/run/*.sock", secrets.token_hex(16)
        self.relays = Relays([anywhere], range(first, first + PORTS), token)
        clean = {name: text for name, text in os.environ.items() if name[:8] != "YUNTIAO_"}
        self._env = clean | {
            "YUNTIAO_DATA": str(folder / "data"),
            "YUNTIAO_ORIGINS": ORIGIN,
            "YUNTIAO_DATABASE_URL": url,
            "YUNTIAO_REDIS_URL": f"redis://127.0.0.1:{self._redis_port}/0",
            "YUNTIAO_RELAYS": anywhere,
            "YUNTIAO_RELAY_CONTROL": anywhere,
            "YUNTIAO_RELAY_TOKEN": token,
            "YUNTIAO_RELAY_UDP_PORT": f"{first}-{first + PORTS - 1}",
            "YUNTIAO_RELAY_ADDRESSES": "127.0.0.1",
        }
        self._webs: dict[str, Program] = {}
        self._others: dict[str, list[Program]] = {"relay": [], "jobs": [], "redis": []}
        self._count = 0

    async def open(self, webs: int, relays: int) -> None:
        """Start everything."""
        self._start_redis()
        self._others["jobs"] = [self._start("jobs")]
        await self._add(webs, relays)

    async def renew_webs(self) -> None:
        """New ones beside the old, then the old ones one by one."""
        old = dict(self._webs)
        await self._add(len(old), 0)
        for url, program in old.items():
            self.front.urls.remove(url)
            await self._end(program)
            del self._webs[url]

    async def renew_relays(self) -> None:
        """New ones beside the old, which leave when their last call has ended."""
        old = self._others["relay"]
        self._others["relay"] = []
        await self._add(0, len(old))
        for program in old:
            program.send(signal.SIGUSR1)
        for program in old:
            await eventually(partial(_ended, program), READY_S, "the relay is empty")

    async def renew_jobs(self) -> None:
        """It has no door: it ends, and another one begins."""
        (old,) = self._others["jobs"]
        await self._end(old)
        self._others["jobs"] = [self._start("jobs")]

    async def renew_redis(self) -> None:
        """It holds nothing."""
        (old,) = self._others["redis"]
        await self._end(old)
        await asyncio.to_thread(self._start_redis)

    async def renew_postgres(self) -> None:
        """A fast shutdown, which ends every connection, and a start."""
        await asyncio.to_thread(self._postgres.stop)
        await asyncio.to_thread(self._postgres.restart)

    async def close(self) -> None:
        """End everything that is left."""
        await self.relays.close()
        programs = [*self._webs.values(), *(one for some in self._others.values() for one in some)]
        for program in programs:
            program.send(signal.SIGTERM) if program.running else None
        for program in programs:
            await asyncio.to_thread(program.stop)

    def outputs(self) -> str:
        """What all processes have logged."""
        return "".join(path.read_text("utf-8", "replace") for path in self._folder.glob("*.log"))

    async def _add(self, webs: int, relays: int) -> None:
        await self.relays.look()
        before = len(self.relays)
        self._others["relay"] += [self._start("relay") for _ in range(relays)]
        ports = [free_port() for _ in range(webs)]
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        for url, port in zip(urls, ports, strict=True):
            self._webs[url] = self._start("web", YUNTIAO_PORT=str(port))
        await eventually(lambda: self._found(before + relays), READY_S, "the relays are found")
        for url in urls:
            await eventually(partial(self._ready, url), READY_S, "the web is ready")
        self.front.urls += urls

    async def _found(self, count: int) -> bool:
        await self.relays.look()
        return len(self.relays) >= count

    async def _ready(self, url: str) -> bool:
        with contextlib.suppress(aiohttp.ClientError):
            async with self.front.http.get(f"{url}/healthz") as response:
                return response.status == 200
        return False

    async def _end(self, program: Program) -> None:
        program.send(signal.SIGTERM)
        await eventually(partial(_ended, program), 20.0, "it ends when it is asked to")

    def _start(self, command: str, **own: str) -> Program:
        self._count += 1
        log = self._folder / f"{self._count:02}-{command}.log"
        return start([sys.executable, "-m", "server", command], log, self._env | own)

    def _start_redis(self) -> None:
        self._count += 1
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        log = self._folder / f"{self._count:02}-redis.log"
        redis = start(["redis-server", "--port", str(self._redis_port), *options], log)
        wait_until_listening(redis, self._redis_port)
        self._others["redis"] = [redis]


def _ended(program: Program) -> bool:
    return not program.running


@contextlib.asynccontextmanager
async def running_town(webs: int, relays: int) -> AsyncIterator[Town]:
    """Started, answering, and gone when the block ends."""
    # The name of a socket may have 107 characters: not below the folder of a test.
    with (
        tempfile.TemporaryDirectory(prefix="yuntiao-") as folder,
        mortal_postgres() as postgres,
        postgres.cluster.database() as url,
    ):
        db = Database(url)
        await upgrade(db)
        await db.close()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            town = Town(Path(folder), postgres, url, Front(ORIGIN, http))
            try:
                await town.open(webs, relays)
                yield town
            finally:
                await town.close()
