"""A session that goes on another day: who may, with whom, under which number, in which order."""

from datetime import timedelta
from typing import Any

import pytest

from server.sessions import repository
from server.storage.engine import Database
from signaling.adjournment import AdjournmentState
from signaling.session import SessionState
from tests.server.guests.lobby import Lobby, open_lobby
from tests.server.sessions.booked import Diary, open_diary
from tests.server.sessions.desk import Desk, open_desk, request_body
from tests.signaling.document import PROTOCOL, first_cells, sections

DAY = "2026-12-01"


@pytest.fixture
async def desk(small: Database) -> Desk:
    """On SQLite: the rules are the same on both databases."""
    return await open_desk(small)


async def adjourned(desk: Desk, **parts: Any) -> str:
    session = await desk.live(**parts)
    body = {"session": session, "day": DAY, "reason": "带宅基证"}
    await desk.send("mediator", "session.adjourn", body)
    await desk.advise(session)
    await desk.send("lawyer", "session.close", {"session": session})
    await desk.send("mediator", "session.finish", {"session": session})
    desk.clock.forward(days=8)
    await desk.keep_leases()
    return session


async def persons(desk: Desk, session: str) -> dict[str, tuple[str, bool]]:
    async with desk.db.read() as read:
        return {one.name: (one.id, one.here) for one in await repository.persons_of(read, session)}


async def state_of(desk: Desk, session: str) -> AdjournmentState:
    async with desk.db.read() as read:
        found = await repository.adjournment_of(read, session)
    assert found is not None
    return found.state


async def go_on(desk: Desk, session: str, *names: str, by: str = "mediator") -> str:
    """Request the next session, with these of the earlier one's people at the terminal."""
    then = await persons(desk, session)
    listed = [
        {"name": name, "recording": True, "lawyer_presence": True, "was": then[name][0]}
        for name in names
    ]
    desk.clock.forward(seconds=1)  # a terminal shows the newest
    return await desk.request(by, persons=listed, continues=session)


async def test_a_talk_ends_for_today_and_is_found_on_the_home_screen(desk: Desk) -> None:
    session = await adjourned(desk)
    assert (await desk.row(session)).state is SessionState.CLOSED
    (found,) = (await desk.view("mediator"))["adjourned"]
    assert found.keys() == set(first_cells(sections(PROTOCOL)["Adjourned"]))
    assert (found["id"], found["day"], found["reason"]) == (session, DAY, "带宅基证")
    assert [one["name"] for one in found["persons"]] == ["王建国", "李秀英"]
    assert (await desk.view("elsewhere"))["adjourned"] == []


async def test_the_next_session_has_the_file_the_lawyer_and_the_number(desk: Desk) -> None:
    session = await adjourned(desk)
    later = await go_on(desk, session, "王建国", "李秀英")
    first, second = await desk.row(session), await desk.row(later)
    assert second.number == f"{first.number}-2"
    assert second.prefers_id == desk.id("lawyer")
    shown = (await desk.view("mediator"))["session"]
    assert shown["previous"]["number"] == first.number
    assert len(shown["previous"]["advice"]) == 1
    assert await state_of(desk, session) is AdjournmentState.CONTINUED
    assert (await desk.view("mediator"))["adjourned"] == []
    await desk.send("mediator", "session.cancel", {"session": later})
    assert await state_of(desk, session) is AdjournmentState.AGREED, "nobody was face to face"
    third = await go_on(desk, session, "王建国")
    assert (await desk.row(third)).number == f"{first.number}-3"


async def put_off_to_a_time(diary: Diary, session: str) -> tuple[str, int]:
    """Nobody answers, the people take a free slot; the appointment and its moment."""
    desk = diary.desk
    name, at = (await diary.free())[0]
    lawyer = next(one for one, who in desk.people.items() if who.name == name)
    body = {"session": session, "lawyer": desk.id(lawyer), "starts_at": at}
    return str((await desk.send("mediator", "session.book", body))["appointment"]), at


async def test_what_is_put_off_to_a_time_goes_on_then(desk: Desk) -> None:
    session = await adjourned(desk)
    diary = await open_diary(desk)
    later = await go_on(desk, session, "王建国")
    made, at = await put_off_to_a_time(diary, later)
    assert await state_of(desk, session) is AdjournmentState.AGREED
    assert [one["id"] for one in (await desk.view("mediator"))["adjourned"]] == [session]
    (booked,) = (await desk.view("mediator"))["appointments"]
    assert (booked["id"], booked["continues"]) == (made, session)
    await diary.clock_to(at)
    someone = [{"name": "王建国", "recording": True, "lawyer_presence": True}]
    third = await desk.request(persons=someone, appointment=made)
    assert (await desk.view("mediator"))["session"]["previous"] is not None
    known = await persons(desk, third)
    assert {name: here for name, (_, here) in known.items()} == {"王建国": True, "李秀英": False}
    assert (await desk.row(third)).prefers_id == (await diary.row(made)).lawyer_id


async def test_whoever_must_not_meet_must_not_at_the_booked_time_either(small: Database) -> None:
    lobby = await open_lobby(await open_desk(small))
    desk = lobby.desk
    for name in ("王建国", "李秀英"):
        await lobby.waits(name)
    await _keep_apart(lobby)
    await desk.send("mediator", "session.adjourn", {"session": lobby.session, "day": DAY})
    await desk.send("mediator", "session.finish", {"session": lobby.session})
    diary = await open_diary(desk)
    later = await go_on(desk, lobby.session, "站里的人")
    made, at = await put_off_to_a_time(diary, later)
    await diary.clock_to(at)
    body = request_body(appointment=made)
    assert await desk.refused("mediator", "session.request", body) == "kept_apart"


async def test_what_went_on_already_is_not_taken_along_to_the_appointment(desk: Desk) -> None:
    session = await adjourned(desk)
    diary = await open_diary(desk)
    made, at = await put_off_to_a_time(diary, await go_on(desk, session, "王建国"))
    await desk.send("mediator", "session.drop_adjournment", {"session": session})
    await diary.clock_to(at)
    await desk.request(appointment=made)
    assert (await desk.view("mediator"))["session"]["previous"] is None


async def interrupted(desk: Desk, session: str) -> str:
    """The next session has begun, its lawyer gave it back, the people wait again."""
    later = await go_on(desk, session, "王建国")
    await desk.send("lawyer", "call.accept", {"session": later, "recording": True})
    await desk.connect(later)
    await desk.advise(later)
    await desk.send("lawyer", "call.give_back", {"session": later, "reason": "急事"})
    return later


async def test_a_talk_that_had_begun_goes_on_itself(desk: Desk) -> None:
    session = await adjourned(desk)
    later = await interrupted(desk, session)
    await desk.send("mediator", "session.cancel", {"session": later})
    assert await state_of(desk, session) is AdjournmentState.CONTINUED
    assert await state_of(desk, later) is AdjournmentState.AGREED
    assert (await desk.log_types(later))[-1] == "session.adjourned"
    (found,) = (await desk.view("mediator"))["adjourned"]
    assert (found["id"], found["day"], found["reason"]) == (later, DAY, "带宅基证")
    third = await go_on(desk, later, "王建国")
    previous = (await desk.view("mediator"))["session"]["previous"]
    assert (previous["number"], len(previous["advice"])) == ((await desk.row(later)).number, 1)
    await desk.send("mediator", "session.cancel", {"session": third})
    assert await state_of(desk, later) is AdjournmentState.AGREED


async def test_a_talk_that_had_begun_can_be_moved_and_dropped(desk: Desk) -> None:
    later = await interrupted(desk, await adjourned(desk))
    await desk.send("mediator", "session.request_callback", {"session": later, "phone": "12345"})
    moved = (desk.clock() + timedelta(days=3)).date().isoformat()
    await desk.send("mediator", "session.adjourn", {"session": later, "day": moved})
    assert (await desk.view("mediator"))["adjourned"][0]["day"] == moved
    await desk.send("mediator", "session.drop_adjournment", {"session": later})
    assert (await desk.view("mediator"))["adjourned"] == []


async def test_what_was_no_talk_is_not_adjourned(desk: Desk) -> None:
    session = await desk.request()
    await desk.send("mediator", "session.cancel", {"session": session})
    body = {"session": session, "day": DAY}
    assert await desk.refused("mediator", "session.adjourn", body) == "conflict"


async def test_it_is_continued_once(desk: Desk) -> None:
    session = await adjourned(desk)
    await go_on(desk, session, "王建国")
    again = {
        "continues": session,
        "persons": [{"name": "王建国", "recording": True, "lawyer_presence": True}],
    }
    refused = await desk.refused("neighbour", "session.request", request_body(**again))
    assert refused == "not_adjourned"


async def test_another_station_cannot_go_on_with_it(desk: Desk) -> None:
    session = await adjourned(desk)
    body = request_body(continues=session)
    assert await desk.refused("elsewhere", "session.request", body) == "not_found"


@pytest.mark.parametrize("day", ["2026-13-01", "gestern!!!", "2020-01-01", "2030-01-01"])
async def test_a_day_that_is_none_is_refused(desk: Desk, day: str) -> None:
    session = await desk.live()
    body = {"session": session, "day": day}
    assert await desk.refused("mediator", "session.adjourn", body) == "bad_day"


async def test_what_will_not_go_on_is_off_the_list(desk: Desk) -> None:
    session = await adjourned(desk)
    moved = {"session": session, "day": (desk.clock() + timedelta(days=3)).date().isoformat()}
    await desk.send("mediator", "session.adjourn", moved)
    assert (await desk.view("mediator"))["adjourned"][0]["day"] == moved["day"]
    await desk.send("mediator", "session.drop_adjournment", {"session": session})
    assert (await desk.view("mediator"))["adjourned"] == []
    body = request_body(continues=session)
    assert await desk.refused("mediator", "session.request", body) == "not_adjourned"


async def test_whoever_must_not_meet_still_must_not(small: Database) -> None:
    lobby = await open_lobby(await open_desk(small))
    desk = lobby.desk
    for name in ("王建国", "李秀英"):
        await lobby.waits(name)
    await _keep_apart(lobby)
    await desk.send("mediator", "session.adjourn", {"session": lobby.session, "day": DAY})
    await desk.send("mediator", "session.finish", {"session": lobby.session})
    desk.clock.forward(days=8)
    await desk.keep_leases()
    both = [
        {"name": name, "recording": True, "lawyer_presence": True} for name in ("王建国", "李秀英")
    ]
    body = request_body(continues=lobby.session, persons=both)
    assert await desk.refused("mediator", "session.request", body) == "kept_apart"
    later = await go_on(desk, lobby.session, "站里的人")
    known = await persons(desk, later)
    assert {name: here for name, (_, here) in known.items()} == {
        "站里的人": True,
        "王建国": False,
        "李秀英": False,
    }
    async with desk.db.read() as read:
        (pair,) = await repository.kept_apart(read, later)
    assert set(pair) == {known["王建国"][0], known["李秀英"][0]}


async def _keep_apart(lobby: Lobby) -> None:
    one, other = lobby.people["王建国"], lobby.people["李秀英"]
    await lobby.send("mediator", "persons.keep_apart", one=one, other=other)


async def test_a_guest_is_told_the_day_and_nothing_of_the_earlier_talk(small: Database) -> None:
    lobby = await open_lobby(await open_desk(small))
    desk = lobby.desk
    await lobby.waits("王建国")
    await desk.send("mediator", "session.adjourn", {"session": lobby.session, "day": DAY})
    assert (await desk.view("王建国"))["guest"]["goes_on"] == DAY
    await desk.advise(lobby.session)
    await desk.send("mediator", "session.finish", {"session": lobby.session})
    await desk.send("lawyer", "session.close", {"session": lobby.session})
    later = await go_on(desk, lobby.session, "站里的人")
    next_day = Lobby(desk, later, {"王建国": (await persons(desk, later))["王建国"][0]})
    await desk.send("lawyer", "call.accept", {"session": later, "recording": True})
    await next_day.waits("王建国")
    room = await desk.view("王建国")
    assert room["guest"]["number"].endswith("-2")
    assert room["session"] is None
