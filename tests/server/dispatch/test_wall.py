"""The wall: who waits, who does what, the service level; alarms that open and end by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.dispatch.alarms import Alarms
from server.dispatch.figures import desk_figures
from server.dispatch.repository_wall import Answered
from server.dispatch.wall import level, start_of_day, wall
from server.sessions.repository.asked import recent_waits
from server.storage.engine import Database
from server.storage.schema import Task
from signaling.moments import milliseconds
from tests.server.dispatch.bell import Bell, open_bell
from tests.server.house import START, House


async def seen(bell: Bell) -> dict[str, Any]:
    async with bell.desk.db.read() as read:
        return await wall(read, bell.desk.clock())


@pytest.fixture
async def bell(migrated: Database) -> Bell:
    return await open_bell(migrated)


async def test_what_everybody_on_duty_does(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second", "third")
    await desk.live("lawyer")
    await desk.request("elsewhere", needs=["minor"])
    await bell.look()
    found = await seen(bell)
    doing = {one["name"]: (one["doing"], one["station"], one["today"]) for one in found["lawyers"]}
    assert doing == {
        "某lawyer": ("talking", "A工作站", 1),
        "某second": ("ringing", "", 0),
        "某third": ("free", "", 0),
    }
    (waiting,) = found["waiting"]
    assert (waiting["station"], waiting["ringing"]) == ("B工作站", ["某second"])
    assert waiting["needs"] == ["minor"]
    desk.clock.forward(hours=11)
    assert {one["doing"] for one in (await seen(bell))["lawyers"]} == {"talking", "absent"}


def answered(after: float | None, ended: float | None = None) -> Answered:
    def moment(seconds: float | None) -> Any:
        return None if seconds is None else START + timedelta(seconds=seconds)

    return Answered(START, moment(after), moment(ended))


@pytest.mark.parametrize(
    ("calls", "counted", "within"),
    [
        ([], 0, 0),
        ([answered(15)], 1, 1),
        ([answered(15.1)], 1, 0),
        ([answered(None)], 1, 0),
        ([answered(None, ended=5)], 0, 0),
        ([answered(None, ended=16)], 1, 0),
        ([answered(3), answered(9), answered(60), answered(None, ended=2)], 3, 2),
    ],
)
def test_the_service_level(calls: list[Answered], counted: int, within: int) -> None:
    found = level(calls, START + timedelta(minutes=5))
    assert (found["counted"], found["within"]) == (counted, within)
    assert found["share"] == (within / counted if counted else None)


def test_a_call_that_still_rings_in_time_counts_neither_way() -> None:
    assert level([answered(None)], START + timedelta(seconds=15))["counted"] == 0


def test_a_day_begins_at_midnight_in_china() -> None:
    assert start_of_day(START).isoformat() == "2026-11-23T00:00:00+08:00"


async def test_who_waits_too_long_is_an_alarm_until_they_wait_no_longer(bell: Bell) -> None:
    desk = bell.desk
    alarms = Alarms(desk.db, desk.clock)
    session = await desk.request()
    desk.clock.forward(seconds=59)
    await alarms.look()
    assert (await seen(bell))["alarms"] == []
    desk.clock.forward(seconds=1)
    for _ in range(2):
        await alarms.look()
    (alarm,) = (await seen(bell))["alarms"]
    assert (alarm["number"], alarm["owner"]) == ((await desk.row(session)).number, None)
    await desk.on_duty("lawyer")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    await alarms.look()
    assert (await seen(bell))["alarms"] == []
    async with desk.db.read() as read:
        (task,) = (await read.scalars(select(Task))).all()
    assert task.done_at == desk.clock()


async def figures(bell: Bell) -> tuple[dict[str, Any], list[float]]:
    """Today against the service level, and what the last ones waited."""
    now = bell.desk.clock()
    async with bell.desk.db.read() as read:
        return (await wall(read, now))["level"], await recent_waits(read, now - timedelta(hours=2))


async def test_who_loses_their_lawyer_was_answered_in_time_all_the_same(bell: Bell) -> None:
    desk = bell.desk
    alarms = Alarms(desk.db, desk.clock)
    await desk.on_duty("lawyer", "second")
    session = await desk.request()
    desk.clock.forward(seconds=5)
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    await desk.connect(session)
    before = await figures(bell)
    assert (before[0]["share"], before[1]) == (1.0, [5.0])
    desk.clock.forward(minutes=40)
    await desk.send("lawyer", "call.give_back", {"session": session})
    desk.clock.forward(seconds=59)
    await alarms.look()
    (waiting,) = (await seen(bell))["waiting"]
    assert waiting["waits_since"] == milliseconds(desk.clock() - timedelta(seconds=59))
    assert (await seen(bell))["alarms"] == []
    desk.clock.forward(seconds=1)
    await alarms.look()
    assert len((await seen(bell))["alarms"]) == 1
    taken = milliseconds(desk.clock())
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert await figures(bell) == before
    since = {one["name"]: one["since"] for one in (await seen(bell))["lawyers"]}
    assert since["某second"] == taken


async def test_a_yes_that_brought_nobody_into_the_room_is_no_answer(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("second")
    session = await desk.accepted("lawyer")
    await bell.look(seconds=60)
    level, waits = await figures(bell)
    assert (level["share"], waits) == (0.0, [])
    desk.clock.forward(seconds=10)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    _, waits = await figures(bell)
    assert waits[0] > 70


async def test_what_others_waited_is_told_when_there_are_enough_of_them(bell: Bell) -> None:
    desk = bell.desk
    for n, seconds in enumerate((2, 4, 6, 8, 100)):
        session = await desk.request("elsewhere")
        desk.clock.forward(seconds=seconds)
        if n < 4:
            await desk.request("neighbour")
            view = (await desk.view("neighbour"))["session"]
            assert view["queue"]["typical"] is None
            await desk.send("neighbour", "session.cancel", {"session": view["id"]})
        await desk.on_duty("lawyer")
        await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
        await desk.send("elsewhere", "session.hang_up", {"session": session})
        close = {"session": session, "reason": "已说明"}
        await desk.send("lawyer", "session.close", close)
        await desk.send("elsewhere", "session.finish", {"session": session})
    await desk.request()
    queue = (await desk.view("mediator"))["session"]["queue"]
    assert queue["typical"] == {"seconds": 7, "of": 5}
    desk.clock.forward(hours=3)
    await desk.send(
        "mediator", "session.cancel", {"session": (await desk.view("mediator"))["session"]["id"]}
    )
    await desk.request()
    assert (await desk.view("mediator"))["session"]["queue"]["typical"] is None


async def test_the_wall_is_for_those_who_watch_the_desk(small_house: House) -> None:
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "supervisor")
        assert (await (await browser.get("/api/wall")).json())["waiting"] == []
        assert "值班大屏" in await (await browser.get("/admin/wall")).text()
    async with small_house.browser() as browser:
        await browser.sign_in(small_house, "lawyer")
        assert (await browser.get("/api/wall")).status == 403


async def test_the_desk_as_figures(bell: Bell) -> None:
    desk = bell.desk
    await desk.on_duty("lawyer", "second")
    await desk.live("lawyer")
    await desk.request("elsewhere")
    await bell.look(seconds=7)
    families = await desk_figures(desk.db, desk.clock)()
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if sample.value
    }
    assert found == {
        ("yuntiao_sessions", "live"): 1,
        ("yuntiao_sessions", "ringing"): 1,
        ("yuntiao_waiting_longest_seconds",): 7,
        ("yuntiao_lawyers", "talking"): 1,
        ("yuntiao_lawyers", "ringing"): 1,
        ("yuntiao_calls_today", "within"): 1,
        ("yuntiao_recordings", "recording"): 1,
    }
