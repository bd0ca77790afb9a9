"""Web processes over a PostgreSQL and, for several, a Redis of their own."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from server.storage.engine import Database
from server.storage.migrate import upgrade
from tests.support.ports import free_port
from tests.support.postgres import postgres_cluster
from tests.support.processes import Program, start
from tests.support.redis_server import redis_server

READY_S = 60.0


@dataclass
class Webs:
    """The processes and where they listen."""

    folder: Path
    database_url: str
    redis_url: str
    urls: list[str]
    programs: list[Program] = field(default_factory=list)

    def start(self, index: int) -> Program:
        """Start one process."""
        url = self.urls[index]
        env = {name: value for name, value in os.environ.items() if not name.startswith("YUNTIAO_")}
        env |= {
            "YUNTIAO_DATA": str(self.folder / f"web{index}"),
            "YUNTIAO_PORT": url.rpartition(":")[2],
            "YUNTIAO_DATABASE_URL": self.database_url,
            "YUNTIAO_REDIS_URL": self.redis_url,
            "YUNTIAO_RELAYS": f"unix:{self.folder / 'none.sock'}",
        }
        log = self.folder / f"web{index}.log"
        return start([sys.executable, "-m", "server", "web"], log, env)

    async def restart(self, index: int, number: signal.Signals) -> None:
        """End one process by this signal and start it again, while its pages go on."""
        await asyncio.to_thread(self.programs[index].stop, number)
        self.programs[index] = self.start(index)

    def _read(self, name: str) -> Iterator[str]:
        for program in self.programs:
            for pid in program.family():
                with contextlib.suppress(OSError):
                    yield Path(f"/proc/{pid}/{name}").read_text("utf-8")

    def memory_kb(self) -> float:
        """Resident memory of all of them."""
        pages = sum(int(text.split()[1]) for text in self._read("statm"))
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024

    def cpu_s(self) -> float:
        """Processor seconds used so far by all of them."""
        # After the name in brackets, the 12th and 13th fields: user and system time in ticks.
        fields = [text.rpartition(")")[2].split() for text in self._read("stat")]
        ticks = sum(int(one[11]) + int(one[12]) for one in fields)
        return ticks / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def running_webs(folder: Path, count: int) -> AsyncIterator[Webs]:
    """Started, answering, and gone when the block ends."""
    with ExitStack() as servers:
        cluster = servers.enter_context(postgres_cluster())
        url = servers.enter_context(cluster.database())
        redis = servers.enter_context(redis_server(folder)) if count > 1 else ""
        db = Database(url)
        await upgrade(db)
        await db.close()
        webs = Webs(folder, url, redis, [f"http://localhost:{free_port()}" for _ in range(count)])
        try:
            webs.programs = [webs.start(index) for index in range(count)]
            for one in webs.urls:
                await until_open(one)
            yield webs
        finally:
            for program in webs.programs:
                program.stop()


async def until_open(url: str) -> None:
    """Wait until the process answers."""
    deadline = asyncio.get_running_loop().time() + READY_S
    async with aiohttp.ClientSession() as http:
        while asyncio.get_running_loop().time() < deadline:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with http.get(f"{url}/favicon.ico"):
                    return
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} never answered")
