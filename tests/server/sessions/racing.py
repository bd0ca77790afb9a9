"""A process of its own in the race: told of a call, its lawyers all accept it at once.

It reads lines of JSON: first ``{"url", "lawyers": {name: account id}}``, then one for each round,
``{"session", "now"}``; to each it answers with a line, the names who were told the call is theirs.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from server.sessions.service import Sessions
from server.storage.engine import Database
from server.web.principal import Principal
from signaling.commands import decode_command
from signaling.errors import Conflict
from signaling.rights import Role
from tests.server.house import ManualClock
from tests.server.sessions.desk import sessions_on
from tests.support.processes import ROOT


class Racers:
    """Another process and some of the lawyers, as this one sees them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def race(self, session: str, now: datetime) -> list[str]:
        """Have them all accept; who won."""
        await self._tell({"session": session, "now": now.isoformat()})
        return list(await self._hear())

    async def begin(self, url: str, lawyers: Mapping[str, str]) -> None:
        """Tell it who races, and wait until it is ready."""
        await self._tell({"url": url, "lawyers": dict(lawyers)})
        await self._hear()

    async def end(self) -> None:
        """No more rounds."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _tell(self, line: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        await self._process.stdin.drain()

    async def _hear(self) -> Sequence[str]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the process has ended"
        found: list[str] = json.loads(line)
        return found


@asynccontextmanager
async def racers(url: str, teams: Sequence[Mapping[str, str]]) -> AsyncIterator[list[Racers]]:
    """Start a process for each team of lawyers."""
    async with AsyncExitStack() as stack:
        opened = []
        for _ in teams:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.server.sessions.racing",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                cwd=ROOT,
            )
            opened.append(Racers(process))
            stack.push_async_callback(opened[-1].end)
        for one, team in zip(opened, teams, strict=True):
            await one.begin(url, team)
        yield opened


async def _accept(sessions: Sessions, lawyer: Principal, session: str) -> bool:
    body = {"session": session, "recording": True}
    envelope = {"v": 1, "id": str(uuid4()), "type": "call.accept", "body": body}
    try:
        await sessions.execute(lawyer, decode_command(envelope))
    except Conflict:
        return False
    return True


async def _line() -> dict[str, Any] | None:
    text = await asyncio.to_thread(sys.stdin.readline)
    return dict(json.loads(text)) if text else None


def _say(names: Sequence[str]) -> None:
    print(json.dumps(names), flush=True)


async def main() -> None:
    """Race until standard input ends."""
    first = await _line()
    assert first is not None
    db, clock = Database(first["url"]), ManualClock()
    sessions = sessions_on(db, clock, [])
    team = {
        name: Principal(account, Role.LAWYER, name, None, None, "", "")
        for name, account in first["lawyers"].items()
    }
    _say([])
    while (told := await _line()) is not None:
        clock.now = datetime.fromisoformat(told["now"])
        won = await asyncio.gather(
            *(_accept(sessions, one, told["session"]) for one in team.values())
        )
        _say([name for name, theirs in zip(team, won, strict=True) if theirs])
    await db.close()


if __name__ == "__main__":
    asyncio.run(main())
