"""Fifty lawyers race for one call on three web processes; `--rounds 10000` races that often."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from server.sessions import repository
from server.sessions.service import Sessions
from server.storage.engine import Database
from server.storage.schema import Callback, DoneCommand, Duty, RingOffer, Session
from signaling.commands import decode_command
from signaling.errors import Conflict
from signaling.events import EventType
from signaling.session import SessionState
from tests.server.sessions.desk import Desk, sessions_on

LAWYERS = [f"racer{n:02}" for n in range(50)]
HOUSES = 3


@asynccontextmanager
async def houses(desk: Desk) -> AsyncIterator[list[Sessions]]:
    """Several web processes' worth of services, each with its own connections."""
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(HOUSES):
            db = Database(desk.db.engine.url.render_as_string(hide_password=False))
            stack.push_async_callback(db.close)
            opened.append(sessions_on(db, desk.clock, []))
        yield opened


async def race(desk: Desk, houses: list[Sessions], session: str) -> list[str]:
    """All accept at once; who was answered that the call is theirs."""

    async def accept(place: int, name: str) -> str | None:
        body = {"session": session, "recording": True}
        envelope = {"v": 1, "id": str(uuid4()), "type": "call.accept", "body": body}
        try:
            await houses[place % HOUSES].execute(desk.people[name], decode_command(envelope))
        except Conflict:
            return None
        return name

    answers = await asyncio.gather(*(accept(n, name) for n, name in enumerate(LAWYERS)))
    return [name for name in answers if name is not None]


async def check(desk: Desk, session: str, winners: list[str]) -> None:
    """One winner, and every table says the same one."""
    (winner,) = winners
    row = await desk.row(session)
    assert (row.state, row.lawyer_id) == (SessionState.ACCEPTED, desk.id(winner))
    async with desk.db.read() as read:
        busy = await read.scalars(select(Duty.lawyer_id).where(Duty.session_id.is_not(None)))
        assert list(busy) == [desk.id(winner)]
        assert [one.role for one in await repository.participants_of(read, session)] == [
            "mediator",
            "lawyer",
        ]
    assert Counter(await desk.log_types(session))[EventType.CALL_ACCEPTED] == 1


async def clear(desk: Desk, session: str) -> None:
    """Everybody is free again and the terminal is empty."""
    async with desk.db.write() as write:
        await write.execute(update(Duty).values(session_id=None))
        await write.execute(delete(DoneCommand))
        ended = update(Session).where(Session.id == session)
        await write.execute(ended.values(state=SessionState.CANCELLED))
    desk.clock.forward(seconds=1)


@pytest.mark.timeout(10 * 3600)
async def test_one_winner_each(desk: Desk, request: pytest.FixtureRequest) -> None:
    rounds: int = request.config.getoption("--rounds")
    await desk.hire(*LAWYERS)
    await desk.on_duty(*LAWYERS)
    won: Counter[str] = Counter()
    async with houses(desk) as opened:
        for _ in range(rounds):
            session = await desk.request()
            winners = await race(desk, opened, session)
            await check(desk, session, winners)
            won.update(winners)
            await clear(desk, session)
    assert won.total() == rounds


async def test_one_lawyer_gets_one_of_many_calls(desk: Desk) -> None:
    """The other side of it: one lawyer's two pages accept two calls at the same moment."""
    await desk.hire(*LAWYERS[:3])
    await desk.on_duty(LAWYERS[0])
    calls = [await desk.request(name) for name in ("mediator", "neighbour", "elsewhere")]
    sends = [
        desk.send(LAWYERS[0], "call.accept", {"session": one, "recording": True}) for one in calls
    ]
    outcomes = await asyncio.gather(*sends, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["lawyer_busy"] * 2
    states = [(await desk.row(one)).state for one in calls]
    assert sorted(states) == ["accepted", "requested", "requested"]
    async with desk.db.read() as read:
        assert (await read.scalars(select(RingOffer))).all() == []
        assert (await read.scalars(select(Callback))).all() == []
