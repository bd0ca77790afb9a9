"""A talk changes hands: transfer, a second lawyer, back to the desk, a lawyer who is lost."""

from typing import Any

import pytest

from server.dispatch.explaining import explain
from server.media.relay_events import go_live_if_ready, lose
from server.sessions import repository
from server.sessions.minding import mind
from server.sessions.turn import Turn, step_participant
from server.storage.engine import Database
from server.storage.schema import DeclaredConflict, Participant, Session
from signaling.names import fold
from signaling.participant import SEATS, ParticipantEvent, ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from tests.server.dispatch.bell import Bell, open_bell
from tests.server.guests.lobby import Lobby, open_lobby
from tests.server.sessions.desk import Desk, advice_body, duty, participants

TRANSFER, CALL_IN = "transfer", "call_in"


@pytest.fixture
async def bell(migrated: Database) -> Bell:
    return await open_bell(migrated)


async def talk(bell: Bell) -> str:
    """A live talk of `lawyer`, with `second` and `third` free."""
    session = await bell.desk.live("lawyer")
    await bell.desk.on_duty("second", "third")
    return session


async def ask(
    desk: Desk, session: str, colleague: str | None, kind: str, by: str = "lawyer", reason: str = ""
) -> None:
    named = desk.id(colleague) if colleague else None
    body = {"session": session, "lawyer": named, "kind": kind, "reason": reason}
    await desk.send(by, "call.hand_over", body)


async def handing(desk: Desk, who: str = "lawyer") -> tuple[str, bool] | None:
    """Whom the room is told of, and whether nobody came."""
    shown = (await desk.view(who))["session"]["handing"]
    return (shown["name"], shown["unmet"]) if shown else None


async def steps(bell: Bell, session: str) -> list[tuple[str, str, str, dict[str, str]]]:
    """Why were these lawyers rung: each step, who asked and why, the verdicts."""
    async with bell.desk.db.read() as read:
        row = await repository.session_by_id(read, session)
        assert row is not None
        story = await explain(read, row)
    return [
        (one["step"], one["asked_by"], one["reason"], told)
        for one in story["steps"]
        for told in [{entry["name"]: entry["verdict"] for entry in one["considered"]}]
    ]


async def media(desk: Desk, session: str, name: str, *events: ParticipantEvent) -> None:
    """What the relay says of somebody's media."""

    async def work(turn: Turn, row: Session) -> None:
        mine = await repository.participant_of(turn.db, row.id, desk.id(name))
        assert mine is not None
        for event in events:
            if event is ParticipantEvent.LOSE:
                await lose(turn, row, mine)
            else:
                step_participant(mine, event)
        await turn.db.flush()
        await mind(turn, row)
        await go_live_if_ready(turn, row)
        row.seq += 1

    await desk.change(session, work)


UP = (ParticipantEvent.OFFER, ParticipantEvent.CONNECT)


async def seats(desk: Desk, session: str) -> dict[str, tuple[int, str]]:
    names = {one.account_id: name for name, one in desk.people.items()}
    return {
        names[one.account_id]: (one.place, one.state.value)
        for one in await participants(desk, session)
    }


async def held(desk: Desk, name: str) -> tuple[str | None, str | None]:
    row = await duty(desk, name)
    assert row is not None
    return row.session_id, row.helping_id


async def test_a_transfer_rings_one_colleague_while_the_talk_goes_on(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    free = [one["name"] for one in (await desk.view("lawyer"))["colleagues"]]
    assert free == ["某second", "某third"]
    await ask(desk, session, "second", TRANSFER)
    ringing = (await desk.view("second"))["ringing"]
    assert (ringing["id"], ringing["stage"], ringing["by"]) == (session, TRANSFER, "某lawyer")
    shown = (await desk.view("mediator"))["session"]
    assert shown["state"] == "live"
    assert (shown["handing"]["kind"], shown["handing"]["name"]) == (TRANSFER, "某second")
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    row = await desk.row(session)
    assert (row.state, row.lawyer_id) == (SessionState.LIVE, desk.id("second"))
    assert await held(desk, "lawyer") == (None, None)
    assert await held(desk, "second") == (session, None)
    seated = await seats(desk, session)
    assert seated["lawyer"][1] == "left"
    assert seated["second"] == (seated["second"][0], "expected")
    assert seated["second"][0] != seated["mediator"][0]
    assert (await desk.view("lawyer"))["session"] is None
    assert (await desk.view("second"))["session"]["lead"] is True
    assert (await desk.view("mediator"))["session"]["lawyer"]["name"] == "某second"
    assert await desk.refused("lawyer", "session.hang_up", {"session": session}) == "not_found"


async def unwilling(bell: Bell) -> str:
    """A talk that is not recorded because its lawyer refused; everybody else agreed."""
    desk = bell.desk
    session = await desk.request()
    await desk.on_duty("lawyer", "second", "third")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": False})
    await desk.connect(session)
    assert (await desk.row(session)).recording is RecordingState.DECLINED
    return session


async def test_it_is_recorded_once_the_lawyer_who_refused_has_handed_it_over(bell: Bell) -> None:
    desk = bell.desk
    session = await unwilling(bell)
    await ask(desk, session, "second", TRANSFER)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert (await desk.row(session)).recording is RecordingState.ARMED


async def test_it_is_recorded_once_the_second_has_it_and_the_first_who_refused_is_gone(
    bell: Bell,
) -> None:
    desk = bell.desk
    session = await unwilling(bell)
    await ask(desk, session, "second", CALL_IN)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    await media(desk, session, "second", *UP)
    assert (await desk.row(session)).recording is RecordingState.DECLINED
    await desk.send("lawyer", "call.give_back", {"session": session})
    assert (await desk.row(session)).recording is RecordingState.ARMED


async def test_it_is_recorded_once_a_second_lawyer_who_refused_has_left(bell: Bell) -> None:
    desk = bell.desk
    session = await unwilling(bell)
    await ask(desk, session, "second", CALL_IN)
    await desk.send("second", "call.accept", {"session": session, "recording": False})
    await media(desk, session, "second", *UP)
    await ask(desk, session, "third", TRANSFER)
    await desk.send("third", "call.accept", {"session": session, "recording": True})
    assert (await desk.row(session)).recording is RecordingState.DECLINED
    await desk.send("second", "call.leave", {"session": session})
    assert (await desk.row(session)).recording is RecordingState.ARMED


async def test_advice_of_whoever_had_it_keeps_its_author(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await desk.advise(session)
    desk.clock.forward(seconds=1)
    await ask(desk, session, "second", TRANSFER)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    await desk.advise(session, by="second")
    authors = [one["author"] for one in (await desk.view("mediator"))["session"]["advice"]]
    assert authors == ["某lawyer", "某second"]


async def test_a_colleague_who_declines_or_does_not_answer_changes_nothing(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, "second", TRANSFER)
    body = {"session": session, "lawyer": desk.id("third"), "kind": CALL_IN}
    assert await desk.refused("lawyer", "call.hand_over", body) == "handing_over"
    await desk.send("second", "call.decline", {"session": session, "reason": "busy"})
    assert await handing(desk) == ("", True), "who asked is told until they have read it"
    await desk.send("lawyer", "call.stop_hand_over", {"session": session})
    assert (await desk.view("mediator"))["session"]["handing"] is None
    await ask(desk, session, "third", CALL_IN)
    await bell.look(seconds=25)
    assert (await desk.view("third"))["ringing"] is None
    row = await desk.row(session)
    assert (row.state, row.lawyer_id, row.due_at) == (SessionState.LIVE, desk.id("lawyer"), None)
    await ask(desk, session, "third", CALL_IN)
    await desk.send("lawyer", "call.stop_hand_over", {"session": session})
    assert (
        await desk.refused("third", "call.accept", {"session": session, "recording": True})
        == "conflict"
    )


async def test_who_cannot_be_rung_is_busy_for_whatever_reason(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    async with desk.db.write() as write:
        conflict = DeclaredConflict(
            lawyer_id=desk.id("third"),
            name="王建国",
            folded=fold("王建国"),
            declared_at=desk.clock(),
        )
        write.add(conflict)
    await desk.live("second", by="elsewhere")
    for colleague in ("second", "third", "admin"):
        body: dict[str, Any] = {"session": session, "lawyer": desk.id(colleague), "kind": TRANSFER}
        assert await desk.refused("lawyer", "call.hand_over", body) == "colleague_busy"


async def test_a_second_lawyer_joins_advises_and_leaves(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, "second", CALL_IN)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert await held(desk, "second") == (None, session)
    seated = await seats(desk, session)
    assert len({place for place, _ in seated.values()}) == 3
    view = (await desk.view("second"))["session"]
    assert (view["id"], view["lead"], view["media"] is not None) == (session, False, True)
    await desk.send("second", "advice.add", advice_body(session))
    for kind in ("session.hang_up", "session.pause", "call.give_back"):
        assert await desk.refused("second", kind, {"session": session}) == "not_found"
    other = await desk.request("elsewhere")
    await bell.look()
    assert await bell.ringing(other) == ["third"], "who helps is not rung"
    await desk.send("second", "call.leave", {"session": session})
    assert await held(desk, "second") == (None, None)
    assert (await seats(desk, session))["second"][1] == "left"
    assert await desk.refused("lawyer", "call.leave", {"session": session}) == "not_a_second"


async def test_hanging_up_frees_the_second_lawyer_and_stops_a_ring(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, "second", CALL_IN)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    await ask(desk, session, "third", TRANSFER)
    await desk.send("mediator", "session.hang_up", {"session": session})
    assert await held(desk, "second") == (None, None)
    assert (await desk.view("third"))["ringing"] is None
    assert (await desk.view("lawyer"))["session"]["state"] == "wrapping"


async def test_given_back_it_rings_others_and_not_who_gave_it(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await desk.send("lawyer", "call.give_back", {"session": session, "reason": "要开庭"})
    assert await bell.state(session) is SessionState.REQUESTED
    assert (await desk.view("mediator"))["session"]["queue"]["again"] is True
    for seconds in (0, 15, 15):
        await bell.look(seconds=seconds)
        assert "lawyer" not in await bell.ringing(session)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    for who in ("mediator", "second"):
        await media(desk, session, who, *UP)
    assert await bell.state(session) in (SessionState.ACCEPTED, SessionState.LIVE)


async def test_a_lost_lawyer_is_waited_for_then_rung_first_then_the_desk(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await media(desk, session, "lawyer", ParticipantEvent.LOSE)
    await bell.look(seconds=29)
    assert await bell.state(session) is SessionState.LIVE
    await bell.look(seconds=1)
    assert await bell.state(session) is SessionState.REQUESTED
    await bell.look()
    assert await bell.ringing(session) == ["lawyer"], "first who had it"
    await bell.look(seconds=15)
    assert await bell.ringing(session) == ["second"]
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    assert (await desk.row(session)).prefers_id is None


async def apart(bell: Bell) -> Lobby:
    """A talk of `lawyer` whose mediator speaks apart with 王建国; `second` is free."""
    lobby = await open_lobby(bell.desk)
    await lobby.inside("王建国")
    await bell.desk.on_duty("second")
    await lobby.act("aside.invite", "王建国", lawyers=[])
    await lobby.send("王建国", "aside.answer", accept=True)
    assert await lobby.hold() == "caucus"
    return lobby


@pytest.mark.parametrize("lost", [False, True])
async def test_who_waits_for_another_lawyer_waits_together(bell: Bell, lost: bool) -> None:
    """A talk apart that went on would hold back the recording, and so the next lawyer's talk."""
    lobby = await apart(bell)
    session = lobby.session
    if lost:
        await media(bell.desk, session, "lawyer", ParticipantEvent.LOSE)
        await bell.look(seconds=30)
    else:
        await lobby.send("lawyer", "call.give_back", reason="要开庭")
    await lobby.send("second", "call.accept", recording=True)
    assert set((await lobby.divided()).values()) == {"joint"}
    assert await lobby.hold() == ""
    assert (await lobby.room("mediator"))["aside"] is None


async def test_a_lawyer_who_comes_back_in_time_keeps_the_talk(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await media(desk, session, "lawyer", ParticipantEvent.LOSE)
    desk.clock.forward(seconds=20)
    await media(desk, session, "lawyer", *UP)
    await bell.look(seconds=60)
    row = await desk.row(session)
    assert (row.state, row.due_at) == (SessionState.LIVE, None)


async def test_a_room_of_nobody_is_hung_up_after_three_minutes(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    for who in ("lawyer", "mediator"):
        await media(desk, session, who, ParticipantEvent.LOSE)
    await bell.look(seconds=100)
    assert await bell.state(session) is SessionState.LIVE
    await bell.look(seconds=80)
    assert await bell.state(session) is SessionState.WRAPPING


async def test_a_break_says_who_asked_for_it_and_why(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await desk.send("lawyer", "session.pause", {"session": session, "reason": "查一份材料"})
    hold = (await desk.view("mediator"))["session"]["hold"]
    assert (hold["by"], hold["reason"]) == ("某lawyer", "查一份材料")
    await desk.send("lawyer", "session.resume", {"session": session})
    assert (await desk.view("mediator"))["session"]["hold"] is None


async def test_a_transfer_to_who_left_earlier_gives_a_place_of_their_own(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, "second", TRANSFER)
    await desk.send("second", "call.accept", {"session": session, "recording": True})
    await ask(desk, session, "lawyer", TRANSFER, by="second")
    await desk.send("lawyer", "call.accept", {"session": session, "recording": True})
    here = [place for place, state in (await seats(desk, session)).values() if state != "left"]
    assert len(set(here)) == len(here) == 2
    lawyers = [one for one in await participants(desk, session) if one.role is Role.LAWYER]
    assert len(lawyers) == 2


async def test_whoever_is_free_is_found_by_the_policy_and_the_talk_goes_on(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, None, CALL_IN, reason="涉及医疗费")
    assert await handing(desk, "mediator") == ("", False), "somebody is looked for"
    body = {"session": session, "lawyer": desk.id("third"), "kind": CALL_IN}
    assert await desk.refused("lawyer", "call.hand_over", body) == "handing_over"
    await bell.look()
    ringing = (await desk.view("second"))["ringing"]
    told = (ringing["stage"], ringing["by"], ringing["reason"])
    assert told == (CALL_IN, "某lawyer", "涉及医疗费")
    await desk.send("second", "call.decline", {"session": session, "reason": "busy"})
    await bell.look()
    assert await bell.ringing(session) == ["third"], "the next one, as in any call"
    assert await bell.state(session) is SessionState.LIVE
    await desk.send("third", "call.accept", {"session": session, "recording": True})
    assert await held(desk, "third") == (None, session)
    assert await handing(desk) is None
    asked = (CALL_IN, "某lawyer", "涉及医疗费")
    assert (await steps(bell, session))[-2:] == [
        (*asked, {"某second": "rung", "某third": "later", "某lawyer": "in_call"}),
        (*asked, {"某third": "rung", "某second": "declined", "某lawyer": "in_call"}),
    ]


async def test_where_nobody_comes_the_lawyer_is_told_and_can_ask_again(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, None, CALL_IN)
    for seconds in (0, 25, 25):
        await bell.look(seconds=seconds)
    assert await bell.ringing(session) == []
    assert await handing(desk) == ("", True)
    step, asked_by, _, verdicts = (await steps(bell, session))[-1]
    assert (step, asked_by) == ("unmet", "某lawyer")
    assert verdicts["某second"] == verdicts["某third"] == "rung_before"
    assert (await desk.row(session)).due_at is None, "nothing is left to do"
    await ask(desk, session, None, CALL_IN)
    await bell.look()
    assert await bell.ringing(session) == ["second"]


async def test_a_declared_conflict_is_not_found_and_not_accepted(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    await ask(desk, session, "third", CALL_IN)
    async with desk.db.write() as write:
        for name in ("second", "third"):
            write.add(
                DeclaredConflict(
                    lawyer_id=desk.id(name),
                    name="王建国",
                    folded=fold("王建国"),
                    declared_at=desk.clock(),
                )
            )
    body = {"session": session, "recording": True}
    assert await desk.refused("third", "call.accept", body) == "own_conflict"
    await desk.send("lawyer", "call.stop_hand_over", {"session": session})
    await ask(desk, session, None, CALL_IN)
    await bell.look()
    assert await handing(desk) == ("", True)
    verdicts = (await steps(bell, session))[-1][-1]
    assert verdicts["某second"] == verdicts["某third"] == "conflict"


async def joined(bell: Bell) -> str:
    """A talk of `lawyer`, with `second` in it as well."""
    session = await talk(bell)
    await ask(bell.desk, session, "second", CALL_IN)
    await bell.desk.send("second", "call.accept", {"session": session, "recording": True})
    await media(bell.desk, session, "second", *UP)
    return session


async def test_when_the_first_is_lost_the_second_has_the_talk(bell: Bell) -> None:
    desk = bell.desk
    session = await joined(bell)
    await media(desk, session, "lawyer", ParticipantEvent.LOSE)
    await bell.look(seconds=30)
    row = await desk.row(session)
    assert (row.state, row.lawyer_id) == (SessionState.LIVE, desk.id("second"))
    assert await held(desk, "second") == (session, None)
    assert await held(desk, "lawyer") == (None, None)
    assert (await desk.view("second"))["session"]["lead"] is True
    assert (await desk.view("lawyer"))["session"] is None
    await desk.send("mediator", "session.hang_up", {"session": session})
    body = {"session": session, "reason": ""}
    assert await desk.refused("second", "session.close", body) == "advice_or_reason"


async def test_who_cannot_go_on_leaves_the_talk_to_the_second(bell: Bell) -> None:
    desk = bell.desk
    session = await joined(bell)
    await desk.send("lawyer", "call.give_back", {"session": session, "reason": "要开庭"})
    row = await desk.row(session)
    assert (row.state, row.lawyer_id) == (SessionState.LIVE, desk.id("second"))
    assert await held(desk, "lawyer") == (None, None)
    assert await bell.ringing(session) == []


@pytest.mark.parametrize("kind", [TRANSFER, CALL_IN])
async def test_whom_the_first_had_asked_for_is_not_rung_for_the_second(
    bell: Bell, kind: str
) -> None:
    """Their yes would throw out somebody who had offered nothing."""
    desk = bell.desk
    session = await joined(bell)
    await ask(desk, session, "third", kind)
    await desk.send("lawyer", "call.give_back", {"session": session, "reason": "要开庭"})
    assert await bell.ringing(session) == []
    assert (await desk.view("third"))["ringing"] is None
    assert await handing(desk, "second") is None
    body = {"session": session, "recording": True}
    assert await desk.refused("third", "call.accept", body) == "conflict"
    assert (await desk.row(session)).lawyer_id == desk.id("second")


async def test_who_sits_in_a_talk_cannot_go_off_duty(bell: Bell) -> None:
    await joined(bell)
    assert await bell.desk.refused("second", "duty.off") == "in_call"


async def test_a_full_room_is_said_before_anybody_is_rung(bell: Bell) -> None:
    desk = bell.desk
    session = await talk(bell)
    names = [f"guest{n}" for n in range(SEATS - 2)]
    await desk.hire(*names)

    async def fill(turn: Turn, row: Session) -> None:
        for place, name in enumerate(names, 2):
            turn.db.add(
                Participant(
                    session_id=row.id,
                    account_id=desk.id(name),
                    role=Role.PARTY,
                    name=name,
                    place=place,
                    state=ParticipantState.CONNECTED,
                )
            )

    await desk.change(session, fill)
    body = {"session": session, "lawyer": None, "kind": CALL_IN}
    assert await desk.refused("lawyer", "call.hand_over", body) == "room_full"
