"""Several relays of one machine, started by the same command with the same settings."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from recordings import journal
from recordings.records import CloseMark, Segment
from server.media.journals import Journals
from server.media.listener import Listener
from server.media.relays import Relays
from server.media.rooms import Rooms
from server.storage.engine import Database
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from tests.server.media.studio import Caller, becomes
from tests.server.sessions.desk import Desk, open_desk
from tests.support.ports import free_port
from tests.support.processes import ROOT, Program, start
from tests.support.waiting import eventually

LIVE = {"state": SessionState.LIVE, "recording": RecordingState.RECORDING}
PAIRS = (("mediator", "lawyer"), ("neighbour", "second"), ("elsewhere", "third"))


class Fleet:
    """A desk, a web process's view of the relays, and the relays that are started."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk = desk
        self.folder = folder
        self.recordings = folder / "recordings"
        first = free_port(socket.SOCK_DGRAM)
        self._anywhere = f"unix:{folder}/run/*.sock"
        self.env = {
            "YUNTIAO_DATA": str(folder / "data"),
            "YUNTIAO_RECORDINGS": str(self.recordings),
            "YUNTIAO_RELAY_CONTROL": self._anywhere,
            "YUNTIAO_RELAY_UDP_PORT": f"{first}-{first + 9}",
            "YUNTIAO_RELAY_ADDRESSES": "127.0.0.1",
            "PATH": "/usr/bin:/bin",
        }
        self.relays = Relays([self._anywhere], range(first, first + 10), "")
        self.rooms = Rooms(desk.db, desk.sessions, self.relays)
        self._programs: list[Program] = []
        self._closing = contextlib.AsyncExitStack()
        desk.sessions._changed = self._settle

    async def _settle(self, changed: frozenset[str]) -> None:
        for session in changed:
            await self.rooms.settle(session)

    def start(self) -> Program:
        """One more, exactly as the others."""
        log = self.folder / f"relay-{len(self._programs)}.log"
        program = start([sys.executable, "-m", "server", "relay"], log, self.env)
        self._programs.append(program)
        return program

    async def listen(self) -> None:
        """What a web process does about relays."""
        journals = Journals(self.desk.db, self.recordings)
        listener = Listener(
            self.desk.db, self.desk.sessions, self.rooms, journals, _unheard, _unheard
        )

        async def let_go() -> None:
            while True:
                await listener.let_go(self.relays)
                await asyncio.sleep(0.2)

        tasks = asyncio.gather(self.relays.keep(listener.follow), let_go())
        self._closing.push_async_callback(_end, tasks)

    async def finds(self, count: int) -> None:
        await eventually(lambda: len(self.relays) == count, 30, f"{count} relays are found")

    async def call(self, mediator: str, lawyer: str) -> str:
        session = await self.desk.accepted(lawyer, mediator)
        await self.join(session, mediator, lawyer)
        return session

    async def join(self, session: str, *names: str) -> list[Caller]:
        callers = [Caller(self.rooms, self.desk.people[name], session) for name in names]
        for caller in callers:
            await caller.join()
            self._closing.push_async_callback(caller.close)
        return callers

    async def relay_of(self, session: str) -> str:
        relay = (await self.desk.row(session)).relay
        assert relay is not None
        return relay

    def program_of(self, address: str) -> Program:
        """Which process listens there."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address.removeprefix("unix:"))
            pid = int.from_bytes(
                line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)[:4], "little"
            )
        (found,) = (one for one in self._programs if one.pid == pid)
        return found

    async def close(self) -> None:
        await self._closing.aclose()
        await self.relays.close()
        for program in self._programs:
            program.stop()


async def _unheard(_session: str, _peers: Mapping[str, Any]) -> None:
    """Nobody looks at the quality of lines here."""


async def _end(task: "asyncio.Future[Any]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def fleet(small: Database) -> AsyncIterator[Fleet]:
    # The name of a socket may have 107 characters, and test folders are long.
    with tempfile.TemporaryDirectory(prefix="yuntiao-") as folder:
        desk = await open_desk(small)
        await desk.hire("third", role=Role.LAWYER)
        opened = Fleet(desk, Path(folder))
        try:
            yield opened
        finally:
            await opened.close()


async def test_relays_come_are_drained_and_die(fleet: Fleet) -> None:
    desk = fleet.desk
    for _ in PAIRS:
        fleet.start()
    await fleet.listen()
    await fleet.finds(3)

    drained, killed, kept = [await fleet.call(*pair) for pair in PAIRS]
    homes = {one: await fleet.relay_of(one) for one in (drained, killed, kept)}
    assert len(set(homes.values())) == 3, "one room on each"
    for session in homes:
        await becomes(desk, session, **LIVE)

    # One leaves: its room goes on until its end, and then the process ends by itself.
    leaving = fleet.program_of(homes[drained])
    leaving.send(signal.SIGUSR1)
    await eventually(lambda: _drains(fleet, homes[drained]))
    assert leaving.running

    # Another one dies: its room is nowhere, its people come again, and find the one that is left.
    begun = fleet.recordings / killed
    await eventually(lambda: sum(one.stat().st_size > 0 for one in begun.rglob("*.part")) == 2)
    fleet.program_of(homes[killed]).kill_family()
    await becomes(desk, killed, relay=None, media_epoch=2, recording=RecordingState.INTERRUPTED)
    mediator, lawyer = PAIRS[1]
    assert [one.epoch for one in await fleet.join(killed, mediator, lawyer)] == [2, 2]
    await becomes(desk, killed, relay=homes[kept], due_at=None, **LIVE)
    assert (await desk.row(drained)).media_epoch == (await desk.row(kept)).media_epoch == 1

    for session, pair in zip(homes, PAIRS, strict=True):
        await desk.send(pair[0], "session.hang_up", {"session": session})
        await becomes(desk, session, recording=RecordingState.CLOSED)
    await eventually(lambda: not leaving.running, 30, "the empty one has ended")
    assert "Traceback" not in leaving.output()
    await fleet.finds(1)
    _nothing_lost(fleet.recordings / killed)

    # A new one takes a free port, and is found.
    fleet.start()
    await fleet.finds(2)


async def _drains(fleet: Fleet, address: str) -> bool:
    return (await fleet.relays[address].hello()).draining


def _nothing_lost(folder: Path) -> None:
    """What the dead relay had begun is in the journal before what came after it."""
    records = journal.read(folder / journal.NAME)
    files = [one.file for one in records if isinstance(one, Segment)]
    assert isinstance(records[-1], CloseMark)
    assert sum(one.recovered for one in records if isinstance(one, Segment)) == 2
    assert {folder / file for file in files} == set(folder.glob("*/*.webm"))
    assert not list(folder.rglob("*.part"))


async def test_no_port_is_left(fleet: Fleet) -> None:
    """Said in one sentence, without a traceback."""
    with contextlib.ExitStack() as taken:
        first, last = (int(one) for one in fleet.env["YUNTIAO_RELAY_UDP_PORT"].split("-"))
        for port in range(first, last + 1):
            line = taken.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            with contextlib.suppress(OSError):
                line.bind(("127.0.0.1", port))
        refused = fleet.start()
        await eventually(lambda: not refused.running, 30)
    assert f"no UDP port from {first} to {last} is free" in refused.output()
    assert "Traceback" not in refused.output()


async def test_a_container_asks_its_own_relay(fleet: Fleet) -> None:
    """Others in the same folder are other containers', whose processes it does not see."""
    fleet.start()
    await fleet.relays.look()

    async def healthy(*around: str) -> bool:
        command = [*around, sys.executable, "-m", "server.deploy.healthy", "relay"]
        asked = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=fleet.env, stderr=subprocess.DEVNULL
        )
        return await asked.wait() == 0

    assert await eventually(healthy, 30)
    assert not await healthy("unshare", "--pid", "--fork", "--mount-proc")
