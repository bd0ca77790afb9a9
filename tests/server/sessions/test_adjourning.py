"""A session that goes on another day: who may, with whom, under which number, in which order."""

from datetime import timedelta
from typing import Any

import pytest

from server.sessions import repository
from server.storage.engine import Database
from signaling.adjournment import AdjournmentState
from signaling.session import SessionState
from tests.server.guests.lobby import Lobby, open_lobby
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
