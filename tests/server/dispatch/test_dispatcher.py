"""The loop that rings, passes on, gives up and cleans up, on a manual clock and both databases."""

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.dispatch.dispatcher import Dispatcher
from server.dispatch.leases import Leases
from server.media.relay_events import lose
from server.sessions import repository
from server.sessions.turn import Turn, step_participant
from server.storage.engine import Database
from server.storage.schema import RingOffer, Session
from signaling.participant import ParticipantEvent, ParticipantState
from signaling.recording import RecordingState
from signaling.session import SessionState
from tests.server.dispatch.bell import RULE, Bell, open_bell
from tests.server.sessions.desk import duty, participants, sessions_on
from tests.support.waiting import eventually


@pytest.fixture
async def bell(migrated: Database) -> Bell:
    return await open_bell(migrated)


async def test_one_then_the_next_then_all_then_nobody(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("second", "lawyer", "third")  # second has been free longest
    session = await desk.request()
    await bell.look()
    assert await bell.ringing(session) == ["second"]
    await bell.look(seconds=14.9)
    assert await bell.ringing(session) == ["second"]
    await bell.look(seconds=0.1)
    assert await bell.ringing(session) == ["lawyer"]
    await bell.look(seconds=15)
    assert await bell.ringing(session) == ["third"]
    await bell.look(seconds=15)
    assert await bell.ringing(session) == ["lawyer", "second", "third"]
    assert (await desk.view("third"))["ringing"]["everyone"] is True
    await bell.look(seconds=29.9)
    assert await bell.state(session) is SessionState.RINGING
    await bell.look(seconds=0.1)
    assert await bell.state(session) is SessionState.UNANSWERED
    assert await bell.ringing(session) == []
    assert await bell.outcomes(session) == ["missed"] * 6
    types = await desk.log_types(session)
    assert types.count("call.rung") == 4
    assert types.count("call.missed") == 6
    assert types[-1] == "session.unanswered"


async def test_looking_again_changes_nothing_before_it_is_time(bell: Bell) -> None:
    await bell.desk.on_duty("lawyer")
    session = await bell.desk.request()
    await bell.look()
    before, told = await bell.desk.everything(), len(bell.desk.told)
    for _ in range(3):
        await bell.look(seconds=1)
    assert await bell.desk.everything() == before
    assert len(bell.desk.told) == told
    assert await bell.ringing(session) == ["lawyer"]


async def test_declining_passes_the_call_on_at_once_and_for_good(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    session = await desk.request()
    await bell.look()
    await desk.send("lawyer", "call.decline", {"session": session, "reason": "conflict"})
    await bell.look()
    assert await bell.ringing(session) == ["second"]
    await bell.look(seconds=15)
    assert await bell.ringing(session) == ["second"], "all who are free, without who declined"
    await desk.send("second", "call.decline", {"session": session, "reason": "busy"})
    await bell.look()
    assert await bell.state(session) is SessionState.UNANSWERED
    await desk.send("mediator", "session.keep_waiting", {"session": session})
    await bell.look(seconds=60)
    assert await bell.ringing(session) == []
    async with desk.db.read() as read:
        offers = await repository.all_offers(read, session)
    declined = {one.lawyer_id: one.decline_reason for one in offers if one.outcome == "declined"}
    assert declined == {desk.id("lawyer"): "conflict", desk.id("second"): "busy"}


async def test_only_who_is_rung_can_decline(bell: Bell) -> None:
    await bell.desk.on_duty("lawyer", "second")
    session = await bell.desk.request()
    await bell.look()
    body = {"session": session, "reason": "busy"}
    assert await bell.desk.refused("second", "call.decline", body) == "conflict"


async def test_accepting_stops_every_ring(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    session = await desk.request()
    for seconds in (0, 15, 15):
        await bell.look(seconds=seconds)
    assert await bell.ringing(session) == ["lawyer", "second"]
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert await bell.ringing(session) == []
    assert (await desk.view("lawyer"))["ringing"] is None
    assert await bell.outcomes(session) == ["accepted", "missed", "missed", "withdrawn"]


async def test_cancelling_stops_every_ring(bell: Bell) -> None:
    await bell.desk.on_duty("lawyer")
    session = await bell.desk.request()
    await bell.look()
    await bell.desk.send("mediator", "session.cancel", {"session": session})
    assert await bell.outcomes(session) == ["withdrawn"]
    assert (await bell.desk.view("lawyer"))["ringing"] is None


async def test_going_off_duty_passes_the_call_on(bell: Bell) -> None:
    await bell.desk.on_duty("lawyer", "second")
    session = await bell.desk.request()
    await bell.look()
    await bell.desk.send("lawyer", "duty.off")
    await bell.look()
    assert await bell.ringing(session) == ["second"]


async def test_taking_another_call_passes_this_one_on(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    first = await desk.request("mediator")
    await bell.look()
    desk.clock.forward(seconds=1)
    await desk.send("second", "duty.off")
    other = await desk.request("elsewhere")
    await desk.send("lawyer", "call.accept", {"session": other, "recording": True})
    await desk.on_duty("second")
    await bell.look()
    assert await bell.ringing(first) == ["second"]


async def test_keep_waiting_rings_everybody_anew(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer")
    session = await desk.request()
    for seconds in (0, 15, 30):
        await bell.look(seconds=seconds)
    assert await bell.state(session) is SessionState.UNANSWERED
    desk.clock.forward(seconds=5)
    await desk.send("mediator", "session.keep_waiting", {"session": session})
    await bell.look()
    assert await bell.ringing(session) == ["lawyer"]


async def test_an_unanswered_session_nobody_chooses_for_ends(bell: Bell) -> None:
    session = await bell.desk.request()
    await bell.look()
    await bell.look(seconds=120)
    assert await bell.state(session) is SessionState.UNANSWERED
    await bell.look(minutes=29, seconds=59)
    assert await bell.state(session) is SessionState.UNANSWERED
    await bell.look(seconds=1)
    assert await bell.state(session) is SessionState.CANCELLED
    assert (await bell.desk.log(session))[-1].body == {"by": "time"}


async def test_everybody_busy_the_queue_waits_for_its_turn_and_its_patience(bell: Bell) -> None:
    desk = bell.desk
    busy = await desk.live("lawyer", "elsewhere")
    first, second = await desk.request("mediator"), ""
    desk.clock.forward(seconds=1)
    second = await desk.request("neighbour")
    await bell.look(seconds=118)
    assert [await bell.state(one) for one in (first, second)] == [SessionState.REQUESTED] * 2
    await bell.look(seconds=1)
    assert await bell.state(first) is SessionState.UNANSWERED
    assert await bell.state(second) is SessionState.REQUESTED
    await desk.send("lawyer", "session.hang_up", {"session": busy})
    await desk.send("lawyer", "session.close", {"session": busy, "reason": "测试"})
    await bell.look()
    assert await bell.ringing(second) == ["lawyer"]
    assert await bell.ringing(first) == [], "people were asked; they have not chosen yet"


async def test_the_one_who_asked_first_gets_the_one_who_is_free(bell: Bell) -> None:
    desk = bell.desk
    sessions = []
    for name in ("elsewhere", "mediator", "neighbour"):
        sessions.append(await desk.request(name))
        desk.clock.forward(seconds=1)
    await bell.look()
    await desk.on_duty("lawyer", "second")
    await bell.look()
    assert [await bell.ringing(one) for one in sessions] == [["lawyer"], ["second"], []]


async def test_who_becomes_free_is_rung_at_once(bell: Bell) -> None:
    session = await bell.desk.request()
    await bell.look(seconds=50)
    assert await bell.ringing(session) == []
    await bell.desk.on_duty("lawyer")
    await bell.look()
    assert await bell.ringing(session) == ["lawyer"]


async def test_a_lawyer_whose_browser_is_gone_is_not_rung(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    async with desk.db.write() as write:
        until = desk.clock() + timedelta(seconds=15)
        await repository.renew_leases(write, [desk.id("lawyer")], until)
    desk.clock.forward(seconds=15)
    session = await desk.request()
    await bell.look()
    assert await bell.ringing(session) == ["second"]
    await desk.keep_leases("lawyer")  # the browser is back
    await bell.look(seconds=15)
    assert await bell.ringing(session) == ["lawyer"]


async def test_who_is_there_is_rung_although_the_database_was_away_for_long(bell: Bell) -> None:
    """Nobody could renew a lease meanwhile: that is done before anybody is found absent."""
    desk = bell.desk
    bell.pages = ["lawyer"]
    await desk.send("lawyer", "duty.on")
    session = await desk.request()
    desk.clock.forward(seconds=RULE.patience + 1)
    await bell.dispatcher.settle()
    assert await bell.ringing(session) == ["lawyer"]


async def test_after_the_database_was_away_other_processes_have_a_lease_s_time(bell: Bell) -> None:
    desk = bell.desk
    await desk.send("lawyer", "duty.on")  # their page is open at another process
    sessions = [await desk.request()]
    desk.clock.forward(seconds=1)
    sessions.append(await desk.request("elsewhere"))
    desk.clock.forward(seconds=RULE.patience + 1)
    await bell.dispatcher.settle()
    assert [await bell.state(one) for one in sessions] == [SessionState.REQUESTED] * 2
    await desk.keep_leases("lawyer")  # that process renews a little later
    await bell.look(seconds=5)
    assert await bell.ringing(sessions[0]) == ["lawyer"]
    await bell.look(seconds=10)
    assert await bell.state(sessions[1]) is SessionState.UNANSWERED, "nobody else came back"


async def test_two_dispatchers_at_once_ring_once(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    other = Database(desk.db.engine.url.render_as_string(hide_password=False))
    leases = Leases(other, desk.clock, list)
    theirs = Dispatcher(other, sessions_on(other, desk.clock, []), RULE, desk.clock, leases)
    for name in ("mediator", "neighbour", "elsewhere"):
        await desk.request(name)
        desk.clock.forward(seconds=1)
    for seconds in (0, 15, 15, 15, 30):
        desk.clock.forward(seconds=seconds)
        await asyncio.gather(bell.dispatcher.settle(), theirs.settle())
        async with desk.db.read() as read:
            query = select(RingOffer.lawyer_id).where(RingOffer.ended_at.is_(None))
            open_rings = list((await read.scalars(query)).all())
        assert len(open_rings) == len(set(open_rings)) <= 2
    for name in ("mediator", "neighbour", "elsewhere"):
        session = (await desk.view(name))["session"]["id"]
        rung = [event.body for event in await desk.log(session) if event.type == "call.rung"]
        singles = [body["lawyers"][0] for body in rung if not body["everyone"]]
        assert len(singles) == len(set(singles))
    await other.close()


# What ends by itself.


async def connected(turn: Turn, session: Session, *roles: str) -> None:
    for one in await repository.participants_of(turn.db, session.id):
        if one.role in roles:
            step_participant(one, ParticipantEvent.OFFER)
            step_participant(one, ParticipantEvent.CONNECT)
    session.seq += 1


async def test_accepted_but_never_connected_goes_back_to_the_queue(bell: Bell) -> None:
    desk = bell.desk
    session = await desk.accepted()
    await bell.look(seconds=59)
    assert await bell.state(session) is SessionState.ACCEPTED
    await bell.look(seconds=1)
    row = await desk.row(session)
    assert (row.state, row.lawyer_id) == (SessionState.REQUESTED, None)
    freed = await duty(desk, "lawyer")
    assert freed is not None
    assert freed.session_id is None
    states = {one.account_id: one.state for one in await participants(desk, session)}
    assert states[desk.id("lawyer")] is ParticipantState.LEFT
    assert (await desk.log(session))[-1].body == {"cause": "lawyer_did_not_connect"}
    await bell.look()
    assert await bell.ringing(session) == ["lawyer"]
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    assert len(await participants(desk, session)) == 2, "the same person takes the same place"


async def test_a_lawyer_who_is_there_waits_for_the_terminal(bell: Bell) -> None:
    session = await bell.desk.accepted()
    await bell.desk.change(session, lambda turn, row: connected(turn, row, "lawyer"))
    for _ in range(3):
        await bell.look(seconds=60)
        row = await bell.desk.row(session)
        assert row.state is SessionState.ACCEPTED
        assert row.due_at == bell.desk.clock() + timedelta(seconds=60)


async def test_wrap_up_frees_the_lawyer_after_two_minutes(bell: Bell) -> None:
    desk = bell.desk
    session = await desk.over()
    waiting = await desk.request("elsewhere")
    await bell.look(seconds=119)
    assert await bell.ringing(waiting) == []
    await bell.look(seconds=1)
    await bell.look()
    assert await bell.ringing(waiting) == ["lawyer"]
    assert await bell.state(session) is SessionState.WRAPPING, "the advice can still be written"
    await desk.advise(session)


async def test_an_abandoned_room_is_hung_up(bell: Bell) -> None:
    desk = bell.desk
    session = await desk.live()

    async def abandon(turn: Turn, row: Session) -> None:
        for one in await repository.participants_of(turn.db, row.id):
            await lose(turn, row, one)

    await desk.change(session, abandon)
    await bell.look(minutes=2, seconds=59)
    assert await bell.state(session) is SessionState.LIVE
    await bell.look(seconds=1)
    row = await desk.row(session)
    assert (row.state, row.ended_at) == (SessionState.WRAPPING, desk.clock())
    assert {one.state for one in await participants(desk, session)} == {ParticipantState.LEFT}
    assert (await desk.log(session))[-1].body == {"by": "time"}
    assert row.recording is RecordingState.RECORDING, "only the relay's word closes it"


async def test_a_room_with_somebody_in_it_is_left_alone(bell: Bell) -> None:
    session = await bell.desk.live()
    await bell.look(hours=5)
    assert await bell.state(session) is SessionState.LIVE


# The loop itself.


async def test_a_word_wakes_the_loop_and_a_broken_database_does_not_end_it(
    bell: Bell, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.dispatch.dispatcher.TICK", 3600)
    looks, broken = 0, True
    settle = bell.dispatcher.settle

    async def look() -> None:
        nonlocal looks
        looks += 1
        if broken:
            raise ConnectionError
        await settle()

    monkeypatch.setattr(bell.dispatcher, "settle", look)
    caplog.set_level(logging.CRITICAL, logger="server.dispatch.dispatcher")
    loop = asyncio.create_task(bell.dispatcher.run())
    await eventually(lambda: looks == 1)
    broken = False
    await bell.desk.on_duty("lawyer")
    session = await bell.desk.request()
    bell.dispatcher.wake()

    async def rung() -> bool:
        return await bell.ringing(session) == ["lawyer"]

    await eventually(rung)
    loop.cancel()
    assert await asyncio.gather(loop, return_exceptions=True)
