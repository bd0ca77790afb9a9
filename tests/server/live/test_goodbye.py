"""A web process that ends says so: its pages go elsewhere at once, though not in one moment."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import uuid4

import pytest
import socketio

from server.live import adapter
from server.storage.engine import Database
from server.storage.migrate import upgrade
from tests.bench.dispatch.crowd import make_crowd
from tests.bench.dispatch.webs import until_open
from tests.server.house import House
from tests.server.live.test_ended_logins import connected, pages, wire_of
from tests.support.ports import free_port
from tests.support.processes import start
from tests.support.waiting import eventually


async def test_pages_are_sent_away_when_the_process_ends(small_house: House) -> None:
    async with wire_of(small_house) as (wire, url), pages(2) as (terminal, desk):
        await connected(small_house, url, terminal, "mediator")
        await connected(small_house, url, desk, "lawyer")
        await wire.send_away()
        assert wire.hub.connections() == []
        await eventually(
            lambda: terminal.gone.is_set() and desk.gone.is_set(), what="both have been told"
        )
        assert terminal.told == desk.told == []  # their sign-in has not ended


async def test_who_has_not_been_told_yet_is_served(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "GOODBYES_AT_ONCE", 1)
    monkeypatch.setattr(adapter, "GOODBYES_S", 0.01)
    monkeypatch.setattr(adapter, "GOODBYE_S", 1000.0)
    async with wire_of(small_house) as (wire, url), pages(2) as (first, second):
        await connected(small_house, url, first, "mediator")
        await connected(small_house, url, second, "lawyer")
        leaving = asyncio.create_task(wire.send_away())
        await eventually(first.gone.is_set, what="the first has been told")
        command = {"v": 1, "id": str(uuid4()), "type": "sync", "body": {}}
        answer = await second.client.call("command", command)
        assert answer["ok"]
        assert not second.gone.is_set()
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)


async def test_the_process_itself_tells_its_pages_before_it_is_deaf(tmp_path: Path) -> None:
    database = f"sqlite+aiosqlite:///{tmp_path / 'one.db'}"
    db = Database(database)
    await upgrade(db)
    await db.close()
    (lawyer,) = (await make_crowd(database, 0, 1)).lawyers
    port = free_port()
    url = f"http://localhost:{port}"
    env = {
        **{name: value for name, value in os.environ.items() if name[:8] != "YUNTIAO_"},
        "YUNTIAO_DATA": str(tmp_path / "data"),
        "YUNTIAO_PORT": str(port),
        "YUNTIAO_DATABASE_URL": database,
        "YUNTIAO_RELAYS": f"unix:{tmp_path / 'none.sock'}",
    }
    command = [sys.executable, "-m", "server", "web"]
    web = start(command, tmp_path / "web.log", env)
    try:
        await until_open(url)
        page, reasons = socketio.AsyncClient(reconnection=False), list[str]()
        page.on("disconnect", reasons.append)
        headers = {"Cookie": f"yuntiao={lawyer.token}", "Origin": url}
        await page.connect(
            url, headers=headers, auth={"csrf": lawyer.csrf}, transports=["websocket"]
        )
        web.send(signal.SIGTERM)
        await eventually(lambda: reasons != [], what="the page is told")
        assert reasons == [page.reason.SERVER_DISCONNECT]
        await eventually(lambda: not web.running, what="the process ends")
    finally:
        web.stop()
