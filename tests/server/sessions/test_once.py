"""A command is carried out once, and answered when it is stored: not before, and not twice."""

import asyncio
from contextlib import suppress
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select

from server.sessions import repository
from server.sessions.service import Answer
from server.sessions.turn import Turn
from server.storage.engine import Database
from server.storage.schema import Advice, DoneCommand, RingOffer, Session
from signaling.errors import Conflict, UserError
from signaling.events import EventType
from signaling.session import SessionEvent, SessionState
from tests.server.sessions.desk import Desk, advice_body, request_body, sessions_on


async def count(desk: Desk, table: type) -> int:
    return await desk.read(lambda db: db.scalar(select(func.count()).select_from(table))) or 0


async def test_the_same_command_again_is_answered_the_same_and_done_once(desk: Desk) -> None:
    session, id = await desk.live(), str(uuid4())
    first = await desk.send("lawyer", "advice.add", advice_body(session), id)
    desk.clock.forward(hours=1)
    before = await desk.everything()
    assert await desk.send("lawyer", "advice.add", advice_body(session), id) == first
    assert await desk.everything() == before
    assert await count(desk, Advice) == 1


async def test_again_even_when_it_would_not_be_allowed_any_more(desk: Desk) -> None:
    """A page that lost its answer in a tunnel gets it after the session has moved on."""
    session, id = await desk.live(), str(uuid4())
    first = await desk.send("lawyer", "session.hang_up", {"session": session}, id)
    await desk.send("lawyer", "session.close", {"session": session, "reason": "测试"})
    assert await desk.send("lawyer", "session.hang_up", {"session": session}, id) == first


async def test_an_id_is_one_persons_and_one_types(desk: Desk) -> None:
    session, id = await desk.live(), str(uuid4())
    await desk.send("lawyer", "session.pause", {"session": session}, id)
    again = {"session": session}
    for name, kind in (("mediator", "session.pause"), ("lawyer", "session.resume")):
        assert await desk.refused(name, kind, again, id) == "command_id_taken"


async def test_a_refused_command_may_be_sent_again_with_its_id(desk: Desk) -> None:
    id = str(uuid4())
    session = await desk.over()
    assert await desk.refused("lawyer", "session.close", {"session": session}, id)
    await desk.advise(session)
    await desk.send("lawyer", "session.close", {"session": session}, id)


async def test_the_same_command_twice_at_once_is_answered_the_same(desk: Desk) -> None:
    session = await desk.live()
    other = sessions_on(Database(desk.db.engine.url.render_as_string(False)), desk.clock, desk.told)
    for kind, body in (
        ("advice.add", advice_body(session)),
        ("session.pause", {"session": session}),
        ("session.resume", {"session": session}),
    ):
        id, mine = str(uuid4()), desk.sessions
        sends = [asyncio.create_task(desk.send("lawyer", kind, body, id))]
        desk.sessions = other
        sends.append(asyncio.create_task(desk.send("lawyer", kind, body, id)))
        await asyncio.sleep(0)
        desk.sessions = mine
        one, two = await asyncio.gather(*sends)
        assert one == two
    assert await count(desk, Advice) == 1
    await other._db.close()


async def test_two_requests_at_once_make_one_session(desk: Desk) -> None:
    """Two fingers on one button, each with an id of its own."""
    sends = [desk.send("mediator", "session.request", request_body()) for _ in range(4)]
    outcomes = await asyncio.gather(*sends, return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["session_open"] * 3
    assert await count(desk, Session) == 1


async def test_who_is_told_finds_it_stored(desk: Desk) -> None:
    """At the moment of the word, another connection sees the change: it was committed before."""
    other = Database(desk.db.engine.url.render_as_string(False))
    seen: list[int] = []

    async def look(_changed: frozenset[str]) -> None:
        async with other.read() as read:
            seen.append(await read.scalar(select(func.count()).select_from(DoneCommand)) or 0)

    desk.sessions._changed = look
    await desk.request()
    await desk.on_duty("lawyer", "second")
    assert seen == [1, 2, 3]
    await other.close()


async def test_a_commit_that_fails_is_neither_answered_nor_told(desk: Desk) -> None:
    class DiskFull(Exception):
        pass

    def fail(_connection: object) -> None:
        raise DiskFull

    before = await desk.everything()
    event.listen(desk.db.engine.sync_engine, "commit", fail)
    with pytest.raises(DiskFull):
        await desk.send("mediator", "session.request", request_body())
    event.remove(desk.db.engine.sync_engine, "commit", fail)
    assert desk.told == []
    assert await desk.everything() == before
    await desk.request()


async def test_a_writer_who_read_an_older_session_loses_and_decides_again(desk: Desk) -> None:
    """Compare-and-set on ``seq`` keeps writers apart even where none held the session."""
    session = await desk.request()
    seen: list[SessionState] = []

    async def cancel(turn: Turn) -> Answer:
        row = await repository.session_by_id(turn.db, session)
        assert row is not None
        seen.append(row.state)
        if len(seen) == 1 and not desk.db.sqlite:  # there, a second writer could not get in here
            await desk.send("mediator", "session.cancel", {"session": session})
        turn.step(row, SessionEvent.CANCEL)
        turn.log(row, EventType.SESSION_CANCELLED)
        return {}

    if desk.db.sqlite:
        await desk.sessions.transact(cancel)
        return
    with pytest.raises(Conflict):
        await desk.sessions.transact(cancel)
    assert seen == [SessionState.REQUESTED, SessionState.CANCELLED]
    assert (await desk.log_types(session)).count("session.cancelled") == 1


async def test_accepting_and_declining_and_cancelling_at_once_never_break(desk: Desk) -> None:
    """They touch the same rows; whatever the order, each is done or refused, and none hangs."""
    lawyers = [f"l{n}" for n in range(6)]
    await desk.hire(*lawyers)
    await desk.on_duty(*lawyers)
    for _ in range(5):
        session = await desk.request()
        await ring_all(desk, session, lawyers)
        accepts = [
            desk.send(name, "call.accept", {"session": session, "recording": True})
            for name in lawyers[::2]
        ]
        body = {"session": session, "reason": "busy"}
        declines = [desk.send(name, "call.decline", body) for name in lawyers[1::2]]
        cancel = desk.send("mediator", "session.cancel", {"session": session})
        outcomes = await asyncio.gather(*declines, cancel, *accepts, return_exceptions=True)
        failed = [one for one in outcomes if isinstance(one, BaseException)]
        assert all(isinstance(one, UserError) for one in failed), failed
        await desk.log(session)
        await end(desk, session)


async def ring_all(desk: Desk, session: str, lawyers: list[str]) -> None:
    """Ring them together, as the rule does when everybody was rung alone."""

    async def ring(turn: Turn, row: Session) -> None:
        row.attempt_at = turn.now
        for name in lawyers:
            offer = RingOffer(
                session_id=row.id,
                lawyer_id=desk.id(name),
                attempt_at=row.attempt_at,
                everyone=True,
                rang_at=turn.now,
                until=turn.now,
            )
            turn.db.add(offer)
        turn.step(row, SessionEvent.RING)
        turn.log(row, EventType.CALL_RUNG)

    await desk.change(session, ring)


async def end(desk: Desk, session: str) -> None:
    """Bring it to its end, whoever won."""
    row = await desk.row(session)
    if row.state is SessionState.ACCEPTED:
        await desk.send("mediator", "session.hang_up", {"session": session})
        (winner,) = [name for name, one in desk.people.items() if one.account_id == row.lawyer_id]
        await desk.send(winner, "session.close", {"session": session, "reason": "测试"})
        await desk.send("mediator", "session.finish", {"session": session})
    else:
        with suppress(UserError):
            await desk.send("mediator", "session.cancel", {"session": session})
    async with desk.db.read() as read:
        assert await repository.open_offers(read, session) == []
    desk.clock.forward(seconds=1)
