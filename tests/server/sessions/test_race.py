"""Fifty lawyers race for one call in three processes; `--rounds 10000` races that often."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import delete, select, update

from server.sessions import repository
from server.storage.schema import Callback, DoneCommand, Duty, RingOffer, Session
from signaling.errors import Conflict
from signaling.events import EventType
from signaling.session import SessionState
from tests.server.sessions.desk import Desk
from tests.server.sessions.racing import Racers, racers

LAWYERS = [f"racer{n:02}" for n in range(50)]
PROCESSES = 3


async def race(desk: Desk, processes: list[Racers], session: str) -> list[str]:
    """All accept at once; who was answered that the call is theirs."""
    answers = await asyncio.gather(*(one.race(session, desk.clock()) for one in processes))
    return [name for names in answers for name in names]


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
    url = desk.db.engine.url.render_as_string(hide_password=False)
    teams = [{name: desk.id(name) for name in LAWYERS[n::PROCESSES]} for n in range(PROCESSES)]
    async with racers(url, teams) as processes:
        for _ in range(rounds):
            session = await desk.request()
            winners = await race(desk, processes, session)
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
