"""The containers' commands with the containers' settings, as processes of this machine.

Only addresses and folders are put in place of Compose's; database and Redis are real ones.
"""

import asyncio
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.deploy.healthy import relay_healthy
from server.media.relays import Relays
from tests.architecture.test_deploy import COMPOSE
from tests.support.ports import free_port
from tests.support.processes import ROOT
from tests.support.service import Service
from tests.support.waiting import eventually

FILLED_IN = {"SITE": "yuntiao.example", "PUBLIC_IP": "127.0.0.1"}


def settings_of(container: str, secret: str) -> dict[str, str]:
    """A container's environment as Compose would hand it over; what may be left empty is."""

    def fill_in(match: re.Match[str]) -> str:
        return FILLED_IN.get(match[1], secret) if match[2] is None else match[2]

    environment: dict[str, str] = COMPOSE["services"][container]["environment"]
    return {
        name: re.sub(r"\$\{(\w+)(?::-([^}]*))?[^}]*\}", fill_in, value)
        for name, value in environment.items()
    }


@dataclass(frozen=True)
class Production:
    """Jobs, and what `docker compose up --scale web=2 --scale relay=3` starts."""

    relays: Relays
    sockets: Path
    token: str
    webs: tuple[Service, Service]


@contextmanager
def started(folder: Path, command: str, env: dict[str, str]) -> Iterator[Service]:
    folder.mkdir(parents=True)
    service = Service(command, folder, env)
    service.start()
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture
async def production(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> AsyncIterator[Production]:
    secret, first = secrets.token_hex(32), free_port(socket.SOCK_DGRAM)
    # The name of a socket may have 107 characters, and test folders are long.
    sockets = Path(tempfile.mkdtemp(prefix="yuntiao-"))
    here = {
        "YUNTIAO_DATA": str(tmp_path / "data"),
        "YUNTIAO_DATABASE_URL": postgres_url,
        "YUNTIAO_REDIS_URL": redis_url,
        "YUNTIAO_RELAYS": f"unix:{sockets}/*.sock",
        "YUNTIAO_RELAY_UDP_PORT": f"{first}-{first + 15}",
    }

    def env(container: str, **own: str) -> dict[str, str]:
        return {**settings_of(container, secret), **here, **own}

    def web(number: int) -> AbstractContextManager[Service]:
        own = {"YUNTIAO_HOST": "127.0.0.1", "YUNTIAO_PORT": str(free_port())}
        return started(tmp_path / f"web-{number}", "web", env("web", **own))

    relay = env("relay", YUNTIAO_RELAY_CONTROL=f"unix:{sockets}/*.sock")
    await migrate(env("migrate"))
    with ExitStack() as running:
        running.callback(shutil.rmtree, sockets)
        for number in range(3):
            running.enter_context(started(tmp_path / f"relay-{number}", "relay", relay))
        running.enter_context(started(tmp_path / "jobs", "jobs", env("jobs")))
        webs = (running.enter_context(web(1)), running.enter_context(web(2)))
        relays = Relays([here["YUNTIAO_RELAYS"]], range(first, first + 16), secret)
        yield Production(relays, sockets, secret, webs)
        await relays.close()


async def migrate(env: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server",
        "migrate",
        cwd=ROOT,
        env={**os.environ, **env},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


@pytest.mark.e2e
async def test_the_processes_of_production_find_one_another(production: Production) -> None:
    """A web process is healthy only when it reaches the database and a relay."""
    await asyncio.gather(*(web.ready() for web in production.webs))

    async def all_relays() -> bool:
        await production.relays.look()
        return len(production.relays) == 3

    assert await eventually(all_relays)
    control = f"unix:{production.sockets}/*.sock"
    assert await asyncio.to_thread(relay_healthy, control, production.token)
    assert not await asyncio.to_thread(relay_healthy, control, "another token")
