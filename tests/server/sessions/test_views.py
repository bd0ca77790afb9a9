"""What each role's page is shown: the shapes of PROTOCOL.md, and nothing of other people's."""

import json
from typing import Any

import pytest

from server.sessions import repository
from server.sessions.turn import Turn
from server.storage.schema import DeclaredConflict, RingOffer, Session
from signaling.names import fold
from signaling.session import SessionEvent
from tests.server.sessions.desk import Desk
from tests.signaling.document import PROTOCOL, below, first_cells, sections

DOCUMENT = sections(PROTOCOL)


def shape(*names: str) -> set[str]:
    return {field for name in names for field in first_cells(DOCUMENT[name])}


async def ring(desk: Desk, session: str, lawyer: str) -> None:
    async def work(turn: Turn, row: Session) -> None:
        turn.step(row, SessionEvent.RING)
        row.seq += 1
        offer = RingOffer(
            session_id=row.id,
            lawyer_id=desk.id(lawyer),
            attempt_at=row.attempt_at,
            everyone=False,
            rang_at=turn.now,
            until=turn.now,
        )
        turn.db.add(offer)

    await desk.change(session, work)


def check_session(view: dict[str, Any], *, waiting: bool = False) -> None:
    assert view.keys() == shape("Card", "SessionView")
    assert view["matter"].keys() == {"code", "name"}
    for one in view["participants"]:
        assert one.keys() == shape("Participant")
    for one in view["persons"]:
        assert one.keys() == {"id", "name", "recording", "here", "minor", "guardian"}
    for one in view["advice"]:
        assert one.keys() == shape("Advice")
    if waiting:
        assert view["queue"].keys() == shape("Queue")
        assert view["media"] is None
    else:
        assert view["queue"] is None


def test_every_shape_of_the_document_is_looked_at_here() -> None:
    looked_at = ["MediatorView", "LawyerView", "Rota", "Card", "Ringing", "SessionView", "Queue"]
    looked_at += ["Participant", "Media", "Advice", "Quality"]
    looked_at += ["Appointment", "StationCall"]  # test_appointments.py, test_station_calls.py
    in_test_room = ["PartyView", "Guest", "Visitor", "Aside", "Kept", "Message", "Photo"]
    in_test_adjourning = ["Adjourned"]
    everywhere = looked_at + in_test_room + in_test_adjourning
    assert sorted(below(PROTOCOL, "Views")) == sorted(everywhere)


async def test_a_terminal_waiting_and_talking(desk: Desk) -> None:
    view = await desk.view("mediator")
    assert view.keys() == shape("MediatorView")
    assert (view["role"], view["session"], view["duty"]) == ("mediator", None, [])
    assert view["station"] == {"name": "A工作站", "phone": "0000"}
    assert view["now"] == desk.clock().timestamp() * 1000
    session = await desk.request()
    await desk.on_duty("lawyer")
    await ring(desk, session, "lawyer")
    view = await desk.view("mediator")
    check_session(view["session"], waiting=True)
    assert view["duty"] == [{"id": desk.id("lawyer"), "name": "某lawyer"}]
    assert view["session"]["queue"]["ringing"] == ["某lawyer"]
    assert view["session"]["lawyer"] is None
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    await desk.advise(session)
    view = (await desk.view("mediator"))["session"]
    check_session(view)
    assert view["media"].keys() == shape("Media")
    assert view["media"]["ice_servers"][0]["urls"] == ["turn:turn.test"]
    _, _, who = view["media"]["ice_servers"][0]["username"].partition(":")
    assert who == desk.id("mediator"), "the quota of a TURN server is for each name"
    assert view["lawyer"] == {"name": "某lawyer", "firm": "某律师事务所", "licence_no": ""}
    assert [(one["role"], one["me"]) for one in view["participants"]] == [
        ("mediator", True),
        ("lawyer", False),
    ]


async def test_a_desk_waiting_rung_talking_and_after(desk: Desk) -> None:
    await desk.on_duty("second", "lawyer")
    session = await desk.request()
    view = await desk.view("lawyer")
    assert view.keys() == shape("LawyerView")
    assert view["duty"].keys() == {"on", "standby", "since", "colleagues"}
    assert (view["duty"]["on"], view["duty"]["colleagues"]) == (True, ["某second"])
    (card,) = view["waiting"]
    assert card.keys() == shape("Card")
    await ring(desk, session, "lawyer")
    ringing = (await desk.view("lawyer"))["ringing"]
    assert ringing.keys() == shape("Card", "Ringing")
    assert (ringing["persons"], ringing["facts"]) == (["王建国", "李秀英"], "拖欠工资三个月")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    view = await desk.view("lawyer")
    assert (view["ringing"], view["waiting"]) == (None, [])
    check_session(view["session"])
    assert [one["me"] for one in view["session"]["participants"]] == [False, True]
    await desk.send("lawyer", "session.hang_up", {"session": session})
    view = await desk.view("lawyer")
    assert [one["id"] for one in view["wrapping"]] == [session]
    assert view["session"]["id"] == session
    assert view["session"]["media"] is None
    await desk.send("lawyer", "session.close", {"session": session, "reason": "测试"})
    view = await desk.view("lawyer")
    assert (view["session"], view["wrapping"]) == (None, [])
    assert [one["id"] for one in view["today"]] == [session]
    desk.clock.forward(hours=13)
    assert (await desk.view("lawyer"))["today"] == []


async def test_a_call_comes_before_what_is_still_to_be_written_up(desk: Desk) -> None:
    older = await desk.over()

    async def free(turn: Turn, row: Session) -> None:
        await repository.release_lawyer(turn.db, row.id, turn.now)

    await desk.change(older, free)
    newer = await desk.request("elsewhere")
    await desk.send("lawyer", "call.accept", {"session": newer, "recording": True})
    view = await desk.view("lawyer")
    assert view["session"]["id"] == newer
    assert [one["id"] for one in view["wrapping"]] == [older]


SECRETS = ("王建国", "李秀英", "拖欠工资三个月", "先申请劳动仲裁")


@pytest.mark.parametrize("stage", ["requested", "ringing", "live", "wrapping", "closed"])
async def test_nobody_else_sees_who_the_people_are_and_what_it_is_about(
    desk: Desk, stage: str
) -> None:
    if stage in ("requested", "ringing"):
        session = await desk.request()
    else:
        session = await (desk.live() if stage == "live" else desk.over())
    if stage in ("live", "wrapping", "closed"):
        await desk.advise(session)
    if stage == "closed":
        await desk.send("lawyer", "session.close", {"session": session})
    await desk.on_duty("second")
    if stage == "ringing":
        await ring(desk, session, "lawyer")
    for name in ("second", "neighbour", "elsewhere", "admin"):
        text = json.dumps(await desk.view(name), ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in text], (name, stage)
    for name in ("neighbour", "elsewhere", "admin"):
        assert session not in json.dumps(await desk.view(name))
    assert "王建国" in json.dumps(await desk.view("mediator"), ensure_ascii=False)


async def test_the_queue_is_counted_in_the_order_of_asking(desk: Desk) -> None:
    for name in ("mediator", "neighbour", "elsewhere"):
        await desk.request(name)
        desk.clock.forward(seconds=1)
    queues = [
        (await desk.view(name))["session"]["queue"]["ahead"]
        for name in ("mediator", "neighbour", "elsewhere")
    ]
    assert queues == [0, 1, 2]
    waiting = (await desk.view("lawyer"))["waiting"]
    assert [card["station"] for card in waiting] == ["A工作站", "A工作站", "B工作站"]


async def test_a_lawyer_whose_browser_is_gone_is_not_shown_as_on_duty(desk: Desk) -> None:
    await desk.send("lawyer", "duty.on")
    assert len((await desk.view("mediator"))["duty"]) == 1
    desk.clock.forward(seconds=15)
    assert (await desk.view("mediator"))["duty"] == []
    assert (await desk.view("lawyer"))["duty"]["on"] is True, "coming back is enough"


async def test_others_get_their_role_and_the_time(desk: Desk) -> None:
    assert await desk.view("admin") == {
        "role": "admin",
        "now": desk.clock().timestamp() * 1000,
    }


async def test_a_refusal_of_the_recording_shows_at_the_person_and_at_the_lamp(desk: Desk) -> None:
    persons = [{"name": "王建国", "recording": False, "lawyer_presence": True}]
    await desk.live(persons=persons)
    for name in ("mediator", "lawyer"):
        session = (await desk.view(name))["session"]
        assert session["persons"][0]["recording"] is False
        assert session["recording"] == {"state": "declined", "since": None, "stalled": None}


async def test_who_wants_to_be_called_back_is_shown_on_duty_alone(desk: Desk) -> None:
    session = await desk.request()
    await desk.send("mediator", "session.request_callback", {"session": session, "phone": "12345"})
    assert (await desk.view("lawyer"))["callbacks"] == []
    await desk.send("lawyer", "duty.on", {"standby": True})
    (entry,) = (await desk.view("lawyer"))["callbacks"]
    assert entry.keys() == shape("Card") | {"phone", "persons", "asked_at"}
    assert (entry["phone"], entry["persons"]) == ("12345", ["王建国", "李秀英"])
    await desk.send("lawyer", "duty.off")
    assert (await desk.view("lawyer"))["callbacks"] == []


async def test_who_wants_to_be_called_back_is_not_shown_to_whom_they_are_declared(
    desk: Desk,
) -> None:
    session = await desk.request()
    await desk.send("mediator", "session.request_callback", {"session": session, "phone": "12345"})
    async with desk.db.write() as write:
        names = {"lawyer_id": desk.id("lawyer"), "name": "王建国", "folded": fold("王建国")}
        write.add(DeclaredConflict(declared_at=desk.clock(), **names))
    await desk.on_duty("lawyer", "second")
    shown = [len((await desk.view(name))["callbacks"]) for name in ("lawyer", "second")]
    assert shown == [0, 1]
