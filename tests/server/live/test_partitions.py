"""A web process cut off from its database or from Redis, or pages cut off from it.

Whatever was acknowledged is stored, nothing is done twice, and soon after the repair every page
shows what is true.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import socketio
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from server.storage.engine import Database
from server.storage.migrate import upgrade
from server.storage.schema import Advice, DoneCommand
from tests.server.live.wire import ANSWER_S, Keys, Refused, Wire, open_wire, sign_in
from tests.server.sessions.desk import advice_body, request_body
from tests.support.ports import free_port
from tests.support.postgres import PostgresCluster, mortal_postgres
from tests.support.waiting import SLOWNESS, eventually
from tests.support.weak_line import weak_line

CONVERGED_S = 5.0


@pytest.fixture
async def storage(postgres: PostgresCluster, postgres_template: str) -> AsyncIterator[Database]:
    with postgres.database(postgres_template) as url:
        db = Database(url)
        yield db
        await db.close()


@dataclass
class Stubborn:
    """A page as the browser's: it comes again, and sends again what was not answered."""

    wire: Wire
    keys: Keys
    page: Any = None

    async def command(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send until it is answered, always under the same id."""
        id = str(uuid4())
        async with asyncio.timeout(ANSWER_S * 6):
            while True:
                try:
                    return await self._answer(kind, body, id)
                except (socketio.exceptions.SocketIOError, Refused):
                    await self._leave()

    async def _answer(self, kind: str, body: dict[str, Any], id: str) -> dict[str, Any]:
        """Return the answer, or raise as soon as the line is gone."""
        page = await self._there()
        asking = asyncio.create_task(page.ok(kind, body, id))
        lost = asyncio.create_task(_until_lost(page.socket))
        try:
            await asyncio.wait((asking, lost), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise socketio.exceptions.DisconnectedError
            return dict(asking.result())
        finally:
            for task in (asking, lost):
                task.cancel()
            await asyncio.gather(asking, lost, return_exceptions=True)

    async def _there(self) -> Any:
        if self.page is None or not self.page.socket.connected:
            self.page = await self.wire.open(self.keys, wait_timeout=SLOWNESS)
        return self.page

    async def _leave(self) -> None:
        if self.page is not None:
            await self.page.socket.disconnect()
        await asyncio.sleep(0.05)


async def _until_lost(socket: socketio.AsyncClient) -> None:
    await eventually(lambda: not socket.connected, ANSWER_S)


async def _talk(
    wire: Wire, fail: Callable[[], None], repair: Callable[[], None], seconds: float
) -> list[str]:
    """Advise, one entry after the other, before, while and after something is down."""
    mediator = Stubborn(wire, await sign_in(wire.desk, "mediator"))
    lawyer = Stubborn(wire, await sign_in(wire.desk, "lawyer"))
    await lawyer.command("duty.on", {})
    session = str((await mediator.command("session.request", request_body()))["session"])
    await lawyer.command("call.accept", {"session": session, "recording": True})
    await wire.desk.connect(session)  # or the call would be another lawyer's after a while
    given, stop = list[str](), asyncio.Event()

    async def advise() -> None:
        while not stop.is_set():
            answer = await lawyer.command("advice.add", advice_body(session))
            given.append(str(answer["advice"]))

    advising = asyncio.create_task(advise())
    await eventually(lambda: len(given) >= 3)
    fail()
    await asyncio.sleep(seconds)  # the length of the outage is what is tested
    await asyncio.to_thread(repair)
    before, repaired = len(given), asyncio.get_running_loop().time()

    def again() -> bool:
        return len(given) > before or advising.done()

    await eventually(again, CONVERGED_S, "commands are answered again")
    stop.set()
    await advising

    async def shown() -> bool:
        view = await mediator.command("sync", {})
        return {one["id"] for one in view["session"]["advice"]} == set(given)

    await eventually(shown, CONVERGED_S, "everybody sees what was acknowledged")
    _say_when_right(repaired)
    return given


def _say_when_right(repaired: float) -> None:
    """For whoever asks for it with -s."""
    print(f"right again {asyncio.get_running_loop().time() - repaired:.1f} s after the repair")


async def _stored_once(db: Database, given: list[str]) -> None:
    async with db.read() as read:
        stored = list((await read.scalars(select(Advice.id))).all())
        done = await read.scalar(select(func.count()).where(DoneCommand.type == "advice.add"))
    assert sorted(stored) == sorted(given), "all that was acknowledged, and nothing twice"
    assert done == len(given)


@pytest.mark.parametrize("how", ["stall", "cut"])
async def test_between_web_and_database(
    how: str, storage: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    seconds = float(request.config.getoption("--partition-seconds"))
    address = make_url(storage.engine.url)
    async with weak_line(int(address.port or 0)) as weak:
        through = address.set(port=weak.port).render_as_string(hide_password=False)
        async with open_wire(storage, tmp_path, YUNTIAO_DATABASE_URL=through) as wire:
            given = await _talk(wire, getattr(weak, how), weak.repair, seconds)
        await _stored_once(storage, given)


async def test_postgresql_is_killed_and_comes_back(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """kill -9 of the whole server while commands are being sent; it recovers from its log."""
    seconds = float(request.config.getoption("--partition-seconds"))
    with mortal_postgres() as server, server.cluster.database() as url:
        db = Database(url)
        await upgrade(db)
        async with open_wire(db, tmp_path) as wire:
            given = await _talk(wire, server.kill, server.restart, seconds)
        await _stored_once(db, given)
        await db.close()


async def test_between_web_and_redis(
    storage: Database, tmp_path: Path, redis_url: str, request: pytest.FixtureRequest
) -> None:
    """The terminal at one process, the desk at the other, which hears nothing of the first."""
    seconds = float(request.config.getoption("--partition-seconds"))
    port = int(redis_url.rpartition(":")[2].partition("/")[0])
    async with weak_line(port) as weak, contextlib.AsyncExitStack() as stack:
        through = f"redis://127.0.0.1:{weak.port}/0"
        here = await stack.enter_async_context(
            open_wire(storage, tmp_path, YUNTIAO_REDIS_URL=through)
        )
        there = await stack.enter_async_context(
            open_wire(storage, tmp_path, here.desk, YUNTIAO_REDIS_URL=through)
        )
        mediator = await here.page("mediator")
        lawyer = await there.open(await sign_in(there.desk, "lawyer"))
        await lawyer.ok("duty.on")
        weak.stall()
        session = (await mediator.ok("session.request", request_body()))["session"]
        await eventually(
            lambda: lawyer.views and lawyer.views[-1]["ringing"],
            what="a desk rings although no word comes",
        )
        await lawyer.ok("call.accept", {"session": session, "recording": True})
        await here.desk.connect(session)
        await asyncio.sleep(seconds)
        weak.repair()
        repaired = asyncio.get_running_loop().time()
        given = [str((await lawyer.ok("advice.add", advice_body(session)))["advice"])]

        def shown() -> bool:
            return [one["id"] for one in mediator.views[-1]["session"]["advice"]] == given

        await eventually(shown, CONVERGED_S, "the other process shows it")
        _say_when_right(repaired)
    await _stored_once(storage, given)


async def test_between_page_and_web(storage: Database, tmp_path: Path) -> None:
    """Commands on a line that is cut arrive once, whatever was heard of them."""
    async with weak_line(free_port()) as weak:
        site = {"YUNTIAO_ORIGINS": f"http://localhost:{weak.port}"}
        async with open_wire(storage, tmp_path, None, **site) as wire:
            weak.target = int(wire.url.rpartition(":")[2])
            wire.url = site["YUNTIAO_ORIGINS"]
            given = await _talk(wire, weak.cut, weak.repair, 1.0)
        await _stored_once(storage, given)
