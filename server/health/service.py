"""Terminals check in and send their self-tests; the wall and the history are read from that."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.health import repository
from server.health.parts import SelfTestDone, State, complaints, judge, words_of, worst_of
from server.health.wall import CHINA, StationHealth, tile
from server.storage.engine import Database, Transaction
from server.storage.schema import Device, SelfTest
from server.tasks.kinds import TaskKind
from server.tasks.repository import open_task, resolve_task
from server.web.errors import TooManyRequests
from signaling.errors import NotFound
from signaling.moments import maybe_milliseconds

TESTS_AN_HOUR = 30

IceServers = Callable[[str, datetime], list[dict[str, object]]]
OpenLine = Callable[[str, str], Awaitable[str]]
"""From a terminal's id and its offer to a relay's answer: a line to try out, and nobody in it."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the routes and the web process call. ``terminal``: the device's and station's id."""

    db: Database
    clock: Callable[[], datetime]
    ice: IceServers
    open_line: OpenLine

    async def seen(self, devices: Collection[str]) -> None:
        """Note that these terminals' pages are open."""
        if devices:
            async with self.db.write() as write:
                await repository.note_seen(write, devices, self.clock())

    async def check_in(self, device_id: str) -> dict[str, Any]:
        """Note that a terminal is switched on; tell it the time, and how its last test went."""
        now = self.clock()
        async with self.db.write() as write:
            await repository.note_seen(write, [device_id], now)
            test = await repository.newest_test(write, device_id)
        return {
            "now": maybe_milliseconds(now),
            "ice_servers": self.ice(device_id, now),
            "tested_today": test is not None and _day(test.at) == _day(now),
            "wrong": complaints(test.parts) if test else [],
        }

    async def take_test(
        self, device_id: str, station_id: str, test: SelfTestDone
    ) -> dict[str, Any]:
        """Keep a self-test; a fault becomes a task, which ends when all terminals are well."""
        parts, now = judge(test), self.clock()
        kept = SelfTest(
            device_id=device_id,
            station_id=station_id,
            at=now,
            started_by=test.started_by.value,
            worst=worst_of([one["state"] for one in parts]).value,
            parts=parts,
        )
        async with self.db.write() as write:
            hour = now - timedelta(hours=1)
            if await repository.tests_since(write, device_id, hour) >= TESTS_AN_HOUR:
                raise TooManyRequests
            write.add(kept)
            await repository.note_seen(write, [device_id], now)
            await write.flush()
            await _tell(write, kept)
        return _test(kept)

    async def wall(self) -> list[dict[str, Any]]:
        """Return every station's tile."""
        async with self.db.read() as read:
            stations = await repository.stations(read)
        return [tile(one, self.clock()) for one in stations]

    async def station(self, station_id: str) -> dict[str, Any]:
        """Return one station's tile with its tests, the newest first; raises NotFound."""
        async with self.db.read() as read:
            found: list[StationHealth] = await repository.stations(read, station_id)
            tests = await repository.history(read, station_id)
        if not found:
            raise NotFound
        return tile(found[0], self.clock()) | {"tests": [_past(*one) for one in tests]}


async def _tell(write: Transaction, test: SelfTest) -> None:
    if test.worst == State.BAD:
        detail = {"text": "；".join(complaints(test.parts))[:300], "device": test.device_id}
        await open_task(write, TaskKind.TERMINAL_FAULT, test.station_id, test.at, detail)
    elif State.BAD not in await repository.worst_at(write, test.station_id):
        await resolve_task(write, TaskKind.TERMINAL_FAULT, test.station_id, test.at)


def _test(test: SelfTest) -> dict[str, Any]:
    return {
        "at": maybe_milliseconds(test.at),
        "started_by": test.started_by,
        "worst": test.worst,
        "parts": [{**one, "words": words_of(one)} for one in test.parts],
    }


def _past(test: SelfTest, device: Device) -> dict[str, Any]:
    terminal = {"id": device.id, "name": device.name, "revoked": device.revoked_at is not None}
    return _test(test) | {"id": test.id, "terminal": terminal}


def _day(moment: datetime) -> str:
    return moment.astimezone(CHINA).date().isoformat()
