"""Consent: asked of everybody, taken back at any time; without everybody's nothing is recorded."""

from server.sessions import repository
from signaling.recording import RecordingState
from tests.server.guests.lobby import Lobby


async def test_who_agrees_is_recorded_with_the_others(lobby: Lobby) -> None:
    assert await lobby.hold() == ""
    await lobby.inside("王建国")
    assert await lobby.hold() == ""


async def test_who_refuses_is_let_in_and_nothing_is_recorded_meanwhile(lobby: Lobby) -> None:
    await lobby.inside("王建国", recording=False)
    assert await lobby.hold() == "no consent of everybody present"
    await lobby.act("guest.send_out", "王建国")
    assert await lobby.hold() == ""


async def test_a_yes_taken_back_holds_the_recording_and_the_log_says_so(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    no = {"subject": "recording", "given": False, "notice": "1"}
    await lobby.send("王建国", "consent.answer", **no)
    assert await lobby.hold() == "no consent of everybody present"
    types = await lobby.desk.log_types(lobby.session)
    assert types[-1] == "consent.withdrawn"
    lobby.desk.clock.forward(seconds=1)
    await lobby.send("王建国", "consent.answer", **{**no, "given": True})
    assert await lobby.hold() == ""


async def test_anybody_in_the_room_may_take_it_back(lobby: Lobby) -> None:
    for name in ("mediator", "lawyer"):
        body = {"subject": "recording", "notice": "1"}
        lobby.desk.clock.forward(seconds=1)
        await lobby.send(name, "consent.answer", given=False, **body)
        assert await lobby.hold()
        lobby.desk.clock.forward(seconds=1)
        await lobby.send(name, "consent.answer", given=True, **body)
        assert await lobby.hold() == ""


async def test_a_spoken_yes_says_where_it_can_be_heard(lobby: Lobby) -> None:
    lobby.desk.clock.forward(seconds=90)
    persons = (await lobby.room("mediator"))["persons"]
    body = {"subject": "recording", "given": True, "notice": "1", "how": "spoken"}
    await lobby.send("mediator", "consent.answer", person=persons[0]["id"], **body)
    async with lobby.desk.db.read() as read:
        spoken = (await repository.consents_of(read, lobby.session))[-1]
    assert (spoken.how, spoken.media_seconds, spoken.person_id) == (
        "spoken",
        90.0,
        persons[0]["id"],
    )


async def test_a_guest_answers_for_nobody_else(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    await lobby.inside("李秀英")
    body = {"subject": "recording", "given": True, "notice": "1"}
    other = lobby.people["李秀英"]
    assert await lobby.refused("王建国", "consent.answer", person=other, **body) == "not_allowed"
    assert await lobby.refused("lawyer", "consent.answer", person=other, **body) == "not_allowed"


async def test_a_refusal_from_elsewhere_is_only_theirs_to_take_back(lobby: Lobby) -> None:
    await lobby.inside("王建国", recording=False)
    noted = {"person": lobby.people["王建国"], "subject": "recording", "notice": "1"}
    lobby.desk.clock.forward(seconds=1)
    for how in ("tap", "spoken"):
        yes = {**noted, "given": True, "how": how}
        assert await lobby.refused("mediator", "consent.answer", **yes) == "their_own_answer"
    assert await lobby.hold()
    await lobby.answer("王建国")
    assert await lobby.hold() == ""


async def test_for_somebody_elsewhere_the_mediator_notes_what_was_spoken(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    noted = {"person": lobby.people["王建国"], "subject": "recording", "notice": "1"}
    lobby.desk.clock.forward(seconds=1)
    tapped = {**noted, "given": False}
    assert await lobby.refused("mediator", "consent.answer", **tapped) == "their_own_answer"
    await lobby.send("mediator", "consent.answer", **noted, given=True, how="spoken")
    assert await lobby.hold() == ""
    await lobby.send("mediator", "consent.answer", **noted, given=False, how="spoken")
    assert await lobby.hold(), "of two answers of one moment the no counts"
    yes = {**noted, "given": True, "how": "spoken"}
    assert await lobby.refused("mediator", "consent.answer", **yes) == "their_own_answer"


async def test_for_a_minor_the_guardian_answers(lobby: Lobby) -> None:
    await lobby.use(await lobby.invite("小明", minor=True))
    yes = {"subject": "recording", "given": True, "notice": "1"}
    assert await lobby.refused("小明", "consent.answer", **yes) == "guardian_needed"
    await lobby.use(await lobby.invite("小红", minor=True, guardian="红妈妈"))
    await lobby.answer("小红")
    async with lobby.desk.db.read() as read:
        consents = await repository.consents_of(read, lobby.session)
    own = [one for one in consents if one.person_id == lobby.people["小红"]]
    assert {one.guardian for one in own} == {"红妈妈"}


async def test_a_refusal_at_the_beginning_can_become_a_yes(lobby: Lobby) -> None:
    desk = lobby.desk
    await lobby.send("mediator", "session.hang_up")
    await desk.send("lawyer", "session.close", {"session": lobby.session, "reason": "测试"})
    await desk.send("mediator", "session.finish", {"session": lobby.session})
    persons = [{"name": "王建国", "recording": False, "lawyer_presence": True}]
    other = Lobby(desk, await desk.live(persons=persons))
    assert (await desk.row(other.session)).recording is RecordingState.DECLINED
    person = (await other.room("mediator"))["persons"][0]["id"]
    body = {"subject": "recording", "given": True, "notice": "1", "person": person}
    desk.clock.forward(seconds=1)
    await other.send("mediator", "consent.answer", **body)
    assert (await desk.row(other.session)).recording is RecordingState.ARMED
