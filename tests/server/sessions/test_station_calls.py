"""The centre calls a station: people answer, or an unattended terminal as it is allowed to."""

from datetime import timedelta
from typing import Any

import pytest

from server.storage.engine import Database
from server.storage.schema import Duty, StationCall
from signaling.station_call import StationCallState
from tests.server.dispatch.bell import Bell
from tests.server.sessions.booked import Diary, open_diary
from tests.server.sessions.desk import Desk, duty, open_desk, participants
from tests.signaling.document import PROTOCOL, first_cells, sections

SHAPE = set(first_cells(sections(PROTOCOL)["StationCall"]))


@pytest.fixture
async def desk(small: Database) -> Desk:
    """What depends on the kind of database stands in test_booked_once.py."""
    return await open_desk(small)


@pytest.fixture
async def diary(desk: Desk) -> Diary:
    found = await open_diary(desk)
    await desk.on_duty("lawyer")
    await found.switch_on("mediator", "elsewhere")
    return found


async def answer(diary: Diary, call: str, by: str = "mediator", **parts: bool) -> str:
    answered = await diary.desk.send(by, "station.answer", {"call": call, **parts})
    return str(answered["session"])


async def test_somebody_answers_and_nothing_is_recorded(diary: Diary) -> None:
    desk = diary.desk
    call = await diary.call()
    shown = (await desk.view("mediator"))["called"]
    assert shown.keys() == SHAPE
    assert (shown["auto_at"], shown["lawyer"]["name"]) == (None, "某lawyer")
    assert (await desk.view("lawyer"))["calling"]["id"] == call
    session = await answer(diary, call)
    row = await desk.row(session)
    assert (row.state, row.recording, row.lawyer_id) == ("accepted", "declined", desk.id("lawyer"))
    assert [one.role for one in await participants(desk, session)] == ["mediator", "lawyer"]
    view = (await desk.view("mediator"))["session"]
    assert view["called"] == {"by_itself": False}
    assert (await desk.view("mediator"))["called"] is None
    taken = await duty(desk, "lawyer")
    assert taken is not None
    assert taken.session_id == session
    types = await desk.log_types(session)
    assert types[:4] == [
        "session.requested",
        "station.called",
        "station.answered",
        "call.accepted",
    ]
    # Anybody at the terminal can end it.
    await desk.send("mediator", "session.hang_up", {"session": session})
    assert (await desk.row(session)).state == "wrapping"


async def test_the_people_are_asked_in_the_room_and_then_it_records(diary: Diary) -> None:
    desk = diary.desk
    session = await answer(diary, await diary.call())
    said = {"session": session, "subject": "recording", "notice": "1"}
    await desk.send("mediator", "consent.answer", {**said, "given": True})
    assert (await desk.row(session)).recording == "armed"
    await desk.send("mediator", "consent.answer", {**said, "given": False})
    assert (await desk.row(session)).recording == "declined"


async def test_an_unattended_terminal_answers_after_its_countdown(diary: Diary) -> None:
    desk = diary.desk
    await diary.allow()
    call = await diary.call()
    shown = (await desk.view("mediator"))["called"]
    assert shown["auto_at"] == shown["rang_at"] + 15_000
    itself = {"call": call, "by_itself": True}
    desk.clock.forward(seconds=14)
    assert await desk.refused("mediator", "station.answer", itself) == "not_by_itself"
    desk.clock.forward(seconds=1)
    session = await answer(diary, call, by_itself=True)
    assert (await desk.view("mediator"))["session"]["called"] == {"by_itself": True}
    answered = next(one for one in await desk.log(session) if one.type == "station.answered")
    assert answered.body == {"by_itself": True}


@pytest.mark.parametrize(
    "hours", [{"allowed": False}, {"start": 1380}, {"days": "5"}, {"end": 1}, None]
)
async def test_never_by_itself_when_the_station_does_not_allow_it(
    diary: Diary, hours: dict[str, Any] | None
) -> None:
    if hours is not None:
        await diary.allow(**hours)
    call = await diary.call()
    assert (await diary.desk.view("mediator"))["called"]["auto_at"] is None
    for seconds in (0, 15, 20):
        diary.desk.clock.forward(seconds=seconds)
        itself = {"call": call, "by_itself": True}
        assert await diary.desk.refused("mediator", "station.answer", itself) == "not_by_itself"


async def test_a_permission_taken_back_counts_at_once(diary: Diary) -> None:
    await diary.allow()
    call = await diary.call()
    await diary.allow(allowed=False)
    diary.desk.clock.forward(seconds=15)
    itself = {"call": call, "by_itself": True}
    assert await diary.desk.refused("mediator", "station.answer", itself) == "not_by_itself"
    await answer(diary, call)  # people may, as ever


async def test_only_a_lawyer_on_duty_calls(diary: Diary) -> None:
    desk = diary.desk
    station = desk.people["mediator"].station_id
    body = {"station": station, "kind": "consultation", "matter": "wages"}
    await diary.allow()
    for nobody in ("admin", "elsewhere", "mediator"):
        assert await desk.refused(nobody, "station.call", body) == "not_allowed"
    assert await desk.refused("second", "station.call", body) == "lawyer_busy"  # off duty


async def test_only_the_terminal_that_rings_answers(diary: Diary) -> None:
    desk = diary.desk
    call = await diary.call()
    for stranger, kind in (
        ("elsewhere", "station.answer"),
        ("neighbour", "station.answer"),
        ("elsewhere", "station.refuse"),
    ):
        assert await desk.refused(stranger, kind, {"call": call}) == "not_found"
    assert await desk.refused("lawyer", "station.answer", {"call": call}) == "not_allowed"
    await desk.on_duty("second")
    assert await desk.refused("second", "station.stop", {"call": call}) == "not_found"


async def test_a_terminal_that_is_busy_or_off_is_not_called(diary: Diary) -> None:
    desk = diary.desk
    station = desk.people["mediator"].station_id
    body = {"station": station, "kind": "consultation", "matter": "wages"}
    session = await desk.request()
    assert await desk.refused("lawyer", "station.call", body) == "station_busy"
    await desk.send("mediator", "session.cancel", {"session": session})
    call = await diary.call()
    await desk.on_duty("second")
    assert await desk.refused("second", "station.call", body) == "station_busy"
    await desk.send("lawyer", "station.stop", {"call": call})
    desk.clock.forward(minutes=2)
    assert await desk.refused("lawyer", "station.call", body) == "station_away"


async def test_refused_missed_withdrawn_and_each_ends_once(diary: Diary) -> None:
    desk = diary.desk
    refused = await diary.call()
    await desk.send("mediator", "station.refuse", {"call": refused})
    assert await desk.refused("mediator", "station.answer", {"call": refused}) == "conflict"
    missed = await diary.call()
    desk.clock.forward(seconds=44)
    await diary.upkeep.look()
    assert (await diary.call_row(missed)).state == "ringing"
    desk.clock.forward(seconds=1)
    await diary.upkeep.look()
    assert (await diary.call_row(missed)).state == "missed"
    stopped = await diary.call()
    await desk.send("lawyer", "station.stop", {"call": stopped})
    assert (await diary.call_row(stopped)).state == "withdrawn"
    assert (await desk.view("mediator"))["called"] is None


async def test_who_asks_for_a_lawyer_meanwhile_ends_the_call(diary: Diary) -> None:
    desk = diary.desk
    call = await diary.call()
    await desk.request()
    assert (await diary.call_row(call)).state == "refused"


async def test_who_rings_a_station_is_not_rung(diary: Diary) -> None:
    desk = diary.desk
    call = await diary.call()
    await desk.request("elsewhere")
    await Bell(desk).look()
    assert (await desk.view("lawyer"))["ringing"] is None
    await desk.send("lawyer", "station.stop", {"call": call})
    await Bell(desk).look()
    assert (await desk.view("lawyer"))["ringing"] is not None


async def test_who_takes_another_call_or_goes_off_duty_calls_no_station_any_more(
    diary: Diary,
) -> None:
    desk = diary.desk
    call = await diary.call(to="elsewhere")
    session = await desk.request()
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    assert (await diary.call_row(call)).state == "withdrawn"
    assert (await desk.view("elsewhere"))["called"] is None
    await diary.duty("second")
    call = await diary.call("second", to="elsewhere")
    await desk.send("second", "duty.off", {"reason": "开庭"})
    assert (await diary.call_row(call)).state == "withdrawn"


async def test_a_colleague_who_calls_a_station_is_not_asked_into_a_talk(diary: Diary) -> None:
    desk = diary.desk
    session = await desk.live("lawyer")
    await diary.duty("second")
    call = await diary.call("second", to="elsewhere")
    ask = {"session": session, "lawyer": desk.id("second"), "kind": "call_in"}
    assert await desk.refused("lawyer", "call.hand_over", ask) == "colleague_busy"
    await desk.send("second", "station.stop", {"call": call})
    await desk.send("lawyer", "call.hand_over", ask)
    async with desk.db.write() as write:  # as if both had happened at the same moment
        row = await write.get_one(StationCall, call)
        row.state, row.ended_at = StationCallState.RINGING, None
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert (await diary.call_row(call)).state == "withdrawn"


async def test_the_mediator_is_told_when_who_called_cannot_be_reached(diary: Diary) -> None:
    """The lawyer's browser has been gone for so long that they were taken off duty."""
    desk = diary.desk
    call = await diary.call()
    async with desk.db.write() as write:
        await write.delete(await write.get_one(Duty, desk.id("lawyer")))
    assert await desk.refused("mediator", "station.answer", {"call": call}) == "caller_gone"


async def test_for_an_appointment_the_lawyer_goes_in_first(diary: Diary) -> None:
    desk = diary.desk
    await diary.clock_to(diary.at(8, days=1))
    made = await diary.book(diary.at(9))
    await diary.switch_on("mediator")
    station = desk.people["mediator"].station_id
    body = {"station": station, "kind": "consultation", "matter": "wages", "appointment": made}
    assert await desk.refused("lawyer", "station.call", body) == "doors_closed"
    desk.clock.forward(hours=0)
    await diary.clock_to(diary.at(8, 56))
    await diary.switch_on("mediator")
    session = await answer(diary, await diary.call(appointment=made))
    await diary.upkeep.look()
    row = await diary.row(made)
    assert (row.state, row.session_id) == ("kept", session)
    assert row.ended_at is not None
    assert row.ended_at - row.starts_at < timedelta(0)
