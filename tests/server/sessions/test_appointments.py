"""Appointments at the terminal and the desk: booked, moved, missed, kept; doors, preference."""

from collections import Counter

import pytest

from server.sessions import booking
from server.sessions.repository import appointments as rows
from server.sessions.turn import Turn
from server.storage.engine import Database
from server.storage.schema import DeclaredConflict
from signaling.names import fold
from tests.server.dispatch.bell import Bell
from tests.server.sessions.booked import Diary, open_diary
from tests.server.sessions.desk import Desk, open_desk, request_body
from tests.signaling.document import PROTOCOL, first_cells, sections

SHAPE = set(first_cells(sections(PROTOCOL)["Appointment"]))
WHY = {"reason": "当事人有事"}


@pytest.fixture
async def desk(small: Database) -> Desk:
    """What depends on the kind of database stands in test_booked_once.py."""
    return await open_desk(small)


@pytest.fixture
async def diary(desk: Desk) -> Diary:
    found = await open_diary(desk)
    await found.clock_to(found.at(8, days=1))  # before the roster's hours begin
    return found


async def ring(desk: Desk) -> None:
    """Let dispatch do what is due."""
    await Bell(desk).look()


async def test_what_is_free_comes_from_the_roster_and_what_is_booked(diary: Diary) -> None:
    free = await diary.free()
    assert free[0] == ("某lawyer", diary.at(9)) or free[0] == ("某second", diary.at(9))
    assert Counter(name for name, _ in free) == {"某lawyer": 6 * 14, "某second": 6 * 14}
    made = await diary.book(diary.at(9))
    assert ("某lawyer", diary.at(9)) not in await diary.free()
    # The station is taken, whoever the lawyer is; another station still has the other lawyer.
    assert ("某second", diary.at(9)) not in await diary.free()
    assert ("某second", diary.at(9)) in await diary.free("elsewhere")
    assert ("某lawyer", diary.at(9)) not in await diary.free("elsewhere")
    assert ("某lawyer", diary.at(9)) in await diary.free(but=made)
    assert {name for name, _ in await diary.free(only=diary.desk.id("second"))} == {"某second"}


async def test_a_session_is_put_off_once(diary: Diary) -> None:
    desk = diary.desk
    session = await desk.request()
    body = {"session": session, "lawyer": desk.id("lawyer"), "starts_at": diary.at(10)}
    made = (await desk.send("mediator", "session.book", body))["appointment"]
    assert (await desk.row(session)).state == "deferred"
    assert (await desk.log_types(session))[-1] == "session.booked"
    assert (await desk.view("mediator"))["session"] is None
    assert (await diary.row(made)).about == "拖欠工资三个月"


async def test_a_call_back_becomes_an_appointment(diary: Diary) -> None:
    desk = diary.desk
    session = await desk.request()
    await desk.send("mediator", "session.request_callback", {"session": session, "phone": "12345"})
    await diary.duty("lawyer")
    body = {"session": session, "lawyer": desk.id("lawyer"), "starts_at": diary.at(11)}
    await desk.send("lawyer", "session.book", body)
    assert (await desk.view("lawyer"))["callbacks"] == []
    assert await desk.refused("lawyer", "session.book", body) == "conflict"


async def test_an_interest_in_a_party_is_no_free_time(diary: Diary) -> None:
    desk = diary.desk
    async with desk.db.write() as write:
        name = "王建国"
        mine = DeclaredConflict(lawyer_id=desk.id("lawyer"), name=name, folded=fold(name))
        mine.declared_at = desk.clock()
        write.add(mine)
    session = await desk.request()
    assert {name for name, _ in await diary.free(origin=session)} == {"某second"}
    body = {"session": session, "lawyer": desk.id("lawyer"), "starts_at": diary.at(10)}
    assert await desk.refused("mediator", "session.book", body) == "slot_taken"


async def test_moved_and_cancelled_with_a_reason_by_those_it_is_about(diary: Diary) -> None:
    desk = diary.desk
    made = await diary.book(diary.at(9))
    move = {"appointment": made, "starts_at": diary.at(9, 30), **WHY}
    for stranger in ("elsewhere", "second"):
        assert await desk.refused(stranger, "appointment.move", move) == "not_found"
        assert await desk.refused(stranger, "appointment.cancel", {"appointment": made, **WHY})
    await desk.send("mediator", "appointment.move", move)
    assert ("某lawyer", diary.at(9)) in await diary.free()
    (shown,) = (await desk.view("lawyer"))["appointments"]
    assert shown.keys() == SHAPE | {"about"}
    assert shown["starts_at"] == diary.at(9, 30)
    await desk.send("lawyer", "appointment.cancel", {"appointment": made, **WHY})
    assert (await desk.view("mediator"))["appointments"] == []
    assert await diary.log(made) == ["booked", "move", "cancel"]
    assert await diary.cells() == 0
    refused = await desk.refused("mediator", "appointment.cancel", {"appointment": made, **WHY})
    assert refused == "appointment_over"


async def test_nobody_books_for_others(diary: Diary) -> None:
    desk = diary.desk
    other = desk.people["elsewhere"].station_id
    wanted = diary.wanted(diary.at(9), station=other)
    assert await desk.refused("mediator", "appointment.book", wanted) == "not_found"
    wanted = diary.wanted(diary.at(9), "second", station=other)
    assert await desk.refused("lawyer", "appointment.book", wanted) == "not_allowed"
    assert await desk.refused("nowhere", "appointment.book", diary.wanted(diary.at(9)))
    for moment in (diary.at(8), diary.at(9, 10), diary.at(12), diary.at(9, days=20)):
        wanted = diary.wanted(moment)
        assert await desk.refused("mediator", "appointment.book", wanted) == "slot_taken"


async def test_doors_open_early_and_the_booked_lawyer_is_rung_first(diary: Diary) -> None:
    desk = diary.desk
    made = await diary.book(diary.at(9))
    body = request_body(appointment=made)
    await diary.clock_to(diary.at(8, 54))
    assert await desk.refused("mediator", "session.request", body) == "doors_closed"
    assert await desk.refused("elsewhere", "session.request", body) == "not_found"
    await diary.duty("second", "lawyer")  # the other one is the one whose turn it is
    waits = await desk.request("elsewhere")
    await diary.clock_to(diary.at(8, 55))
    session = (await desk.send("mediator", "session.request", body))["session"]
    assert (await desk.row(session)).queue_at < (await desk.row(waits)).queue_at  # type: ignore[operator]
    await ring(desk)
    ringing = (await desk.view("lawyer"))["ringing"]
    assert (ringing["id"], ringing["stage"]) == (session, "preferred")
    # Who waits without an appointment is rung at the other's desk.
    assert (await desk.view("second"))["ringing"]["id"] == waits
    assert (await diary.row(made)).state == "entered"
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    await diary.upkeep.look()
    assert (await diary.row(made)).state == "kept"
    assert await diary.log(made) == ["booked", "enter", "keep"]
    assert await diary.cells() == 0


async def test_a_lawyer_with_an_appointment_soon_is_rung_later_for_others(diary: Diary) -> None:
    desk = diary.desk
    await diary.book(diary.at(9))
    await diary.duty("lawyer", "second")  # it would be the booked one's turn
    await diary.clock_to(diary.at(8, 51))
    await desk.keep_leases()
    other = await desk.request("elsewhere")
    await ring(desk)
    assert (await desk.view("second"))["ringing"]["id"] == other


async def test_who_does_not_come_is_missed_and_who_left_may_come_again(diary: Diary) -> None:
    desk = diary.desk
    gone, left = await diary.book(diary.at(9)), await diary.book(diary.at(9, 30))
    await diary.clock_to(diary.at(9, 15))
    row = await diary.row(gone)
    assert (row.state, row.ended_at) == ("missed", desk.clock())
    await diary.clock_to(diary.at(9, 30))
    body = request_body(appointment=left)
    session = (await desk.send("mediator", "session.request", body))["session"]
    await desk.send("mediator", "session.cancel", {"session": session})
    await diary.upkeep.look()
    assert (await diary.row(left)).state == "booked"
    again = (await desk.send("mediator", "session.request", body))["session"]
    assert (await diary.row(left)).session_id == again
    await desk.send("mediator", "session.cancel", {"session": again})
    await diary.clock_to(diary.at(9, 45))
    await diary.upkeep.look()
    assert (await diary.row(left)).state == "missed"
    assert await diary.log(left) == ["booked", "enter", "leave", "enter", "leave", "miss"]


async def test_what_another_process_has_moved_on_already_is_left_alone(diary: Diary) -> None:
    gone, kept = await diary.book(diary.at(9)), await diary.book(diary.at(9, 30))
    await diary.clock_to(diary.at(9, 30))
    desk = diary.desk
    body = request_body(appointment=kept)
    session = (await desk.send("mediator", "session.request", body))["session"]
    await diary.duty("lawyer")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    await diary.upkeep.look()
    logs = [await diary.log(one) for one in (gone, kept)]
    assert [log[-1] for log in logs] == ["miss", "keep"]

    async def a_moment_later(turn: Turn) -> dict[str, str]:
        for one in (gone, kept):
            await booking.move_on(turn, one)
        return {}

    await desk.sessions.transact(a_moment_later)
    assert [await diary.log(one) for one in (gone, kept)] == logs


async def test_both_sides_are_told_at_once(diary: Diary) -> None:
    desk = diary.desk
    made = await diary.book(diary.at(9))
    (changed,) = desk.told[-1]
    async with desk.db.read() as read:
        people = await rows.people_beside(read, {changed})
    assert changed == f"appointment/{made}"
    assert {desk.id(name) for name in ("lawyer", "mediator", "neighbour")} == people
