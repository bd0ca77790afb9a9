"""coturn as production starts it: for everybody enough, to our relays alone, over TLS as well."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aioice import stun
from aioice.turn import TCP_TRANSPORT, TurnClientTcpProtocol, TurnClientUdpProtocol

from server.sessions.ice import IceServers
from tests.architecture.source import ROOT
from tests.architecture.test_deploy import COMPOSE
from tests.support.ports import free_port
from tests.support.processes import running, wait_until_listening
from tests.support.turn_server import certificate

PUBLIC_IP, ANOTHER_RELAY = "198.51.100.7", "198.51.100.8"
SECRET = "secret-of-the-tests"
FORBIDDEN, UNSUPPORTED_TRANSPORT = 403, 442

Client = TurnClientTcpProtocol | TurnClientUdpProtocol


class End(asyncio.DatagramProtocol):
    """Hears when a line is closed."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()

    def connection_lost(self, _error: Exception | None) -> None:
        self.reached.set()


@dataclass(frozen=True)
class Turn:
    """Where it listens on 127.0.0.1."""

    port: int
    tls_port: int

    @contextlib.asynccontextmanager
    async def client(
        self, who: str, now: datetime, tls: ssl.SSLContext | None = None, udp: bool = True
    ) -> AsyncIterator[Client]:
        """Connected to the server with this person's credentials, and nothing asked yet."""
        (server,) = IceServers(["turn:here"], SECRET).for_person(who, now)
        address = ("127.0.0.1", self.tls_port if tls else self.port)
        user, password = str(server["username"]), str(server["credential"])
        loop = asyncio.get_running_loop()
        made: Client
        if udp:
            _, made = await loop.create_datagram_endpoint(
                lambda: TurnClientUdpProtocol(address, user, password, 600, 500),
                remote_addr=address,
            )
        else:
            _, made = await loop.create_connection(
                lambda: TurnClientTcpProtocol(address, user, password, 600, 500), *address, ssl=tls
            )
        made.receiver = end = End()
        try:
            yield made
        finally:
            made.transport.close()
            await end.reached.wait()

    @contextlib.asynccontextmanager
    async def line(
        self, who: str, now: datetime, tls: ssl.SSLContext | None = None, udp: bool = True
    ) -> AsyncIterator[Client]:
        """One allocation for this person."""
        async with self.client(who, now, tls, udp) as made:
            await made.connect()
            yield made
            await made.delete()


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[Turn]:
    made = Turn(free_port(), free_port())
    cert, key = certificate(tmp_path, "127.0.0.1")
    ours = (ROOT / "server/deploy/turnserver.conf").read_text(encoding="utf8")
    here = {
        "listening-port": made.port,
        "tls-listening-port": made.tls_port,
        "cert": cert,
        "pkey": key,
    }
    for name, value in here.items():
        ours, replaced = re.subn(rf"^{name}=.*$", f"{name}={value}", ours, flags=re.MULTILINE)
        assert replaced == 1, name
    conf = tmp_path / "turnserver.conf"
    conf.write_text(ours, encoding="utf8")
    own = ("--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", f"--pidfile={tmp_path}/turn.pid")
    command = ["turnserver", *_command(conf), *own, f"--userdb={tmp_path}/turn.db"]
    with running(command, tmp_path / "turn.log") as program:
        wait_until_listening(program, made.tls_port, host="127.0.0.1")
        yield made


def _command(conf: Path) -> list[str]:
    """The words in docker-compose.yml, filled in."""
    filled = {"PUBLIC_IP": PUBLIC_IP, "TURN_SECRET": SECRET, "MORE_RELAYS_IPS": ANOTHER_RELAY}
    words: list[str] = COMPOSE["services"]["coturn"]["command"]
    said = [re.sub(r"\$\{(\w+)[^}]*\}", lambda match: filled[match[1]], word) for word in words]
    return [str(conf) if word == "/etc/coturn/turnserver.conf" else word for word in said]


async def test_many_who_come_in_the_same_second_have_a_line_each_way(turn: Turn) -> None:
    now = datetime.now(UTC)
    async with contextlib.AsyncExitStack() as lines:
        for n in range(15):
            for udp in (True, False):
                await lines.enter_async_context(turn.line(f"{n}", now, udp=udp))


async def test_it_speaks_tls_where_it_has_a_certificate(turn: Turn) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    async with turn.line("one", datetime.now(UTC), context, udp=False):
        pass


@pytest.mark.parametrize("peer", [PUBLIC_IP, ANOTHER_RELAY])
async def test_it_relays_to_our_relays(turn: Turn, peer: str) -> None:
    async with turn.line("one", datetime.now(UTC)) as line:
        await line.channel_bind(0x4000, (peer, 40000))


@pytest.mark.parametrize("peer", ["10.0.0.5", "127.0.0.1", "192.168.1.1", "198.51.100.9"])
async def test_it_relays_to_nobody_else(turn: Turn, peer: str) -> None:
    async with turn.line("one", datetime.now(UTC)) as line:
        with pytest.raises(stun.TransactionFailed) as refused:
            await line.channel_bind(0x4000, (peer, 40000))
    assert refused.value.response.error_code == FORBIDDEN


async def test_it_relays_no_tcp(turn: Turn) -> None:
    """Whoever could connect through it would come from this host, behind its firewall."""
    async with turn.client("one", datetime.now(UTC), udp=False) as line:
        asked = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST)
        asked.attributes["REQUESTED-TRANSPORT"] = TCP_TRANSPORT
        with pytest.raises(stun.TransactionFailed) as refused:
            await line.request_with_retry(asked)
    assert refused.value.response.error_code == UNSUPPORTED_TRANSPORT
