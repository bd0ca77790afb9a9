"""The service as tests run it: a real `python -m server …` on a port and folder of its own."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp

from tests.support.ports import free_port
from tests.support.processes import Program, start
from tests.support.waiting import eventually

READY_S = 60.0


class Service:
    """One running command of `python -m server`."""

    def __init__(self, command: str, folder: Path, env: Mapping[str, str]) -> None:
        """`folder` holds its data (`data/`) and its log; `env` is added to a clean environment."""
        self.command = command
        self.data = folder / "data"
        self.log = folder / f"{command}.log"
        self.port = int(env.get("YUNTIAO_PORT", 0)) or free_port()
        own = {
            "YUNTIAO_DATA": str(self.data),
            "YUNTIAO_PORT": str(self.port),
            "YUNTIAO_RELAY_UDP_PORT": str(free_port(socket.SOCK_DGRAM)),
        }
        self._env = {**_clean_environment(), **own, **env}
        self._program: Program | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def program(self) -> Program:
        assert self._program is not None, "start() comes first"
        return self._program

    def start(self) -> None:
        self._program = start([sys.executable, "-m", "server", self.command], self.log, self._env)

    def output(self) -> str:
        return self.program.output()

    async def ready(self, timeout: float = READY_S) -> None:
        """Until /healthz answers 200; the log's end goes into the error otherwise."""
        try:
            await eventually(self._healthy, timeout, f"{self.url}/healthz")
        except (AssertionError, RuntimeError) as error:
            raise AssertionError(f"{error}\n{self.program.tail()}") from error

    async def _healthy(self) -> bool:
        if not self.program.running:
            raise RuntimeError(f"python -m server {self.command} ended")
        timeout = aiohttp.ClientTimeout(total=2)
        with contextlib.suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.get(f"{self.url}/healthz") as response,
            ):
                return response.status == 200
        return False

    def pids(self, command: str) -> list[int]:
        """Processes of this service that run `python -m server {command}`."""
        return [pid for pid in self.program.family() if _server_command(pid) == command]

    def kill(self, command: str) -> int:
        """`kill -9` its one `command` process (the supervisor starts another); the pid it had."""
        (pid,) = self.pids(command)
        os.kill(pid, signal.SIGKILL)
        return pid

    def stop(self) -> None:
        if self._program is not None:
            self._program.stop()


@contextlib.asynccontextmanager
async def running_service(
    folder: Path, command: str = "serve", env: Mapping[str, str] | None = None
) -> AsyncIterator[Service]:
    """Started, healthy, and gone with everything it started when the block ends."""
    service = Service(command, folder, env or {})
    service.start()
    try:
        await service.ready()
        yield service
    finally:
        service.stop()


def _clean_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUNTIAO_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _server_command(pid: int) -> str | None:
    """X of a process whose command line is `python … -m server X …`."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return None
    with contextlib.suppress(ValueError, IndexError):
        at = words.index("-m")
        return words[at + 2] if words[at + 1] == "server" else None
    return None
