"""Recording a talk apart: off unless allowed, asked of all in it, and nobody outside knows."""

from hashlib import sha256
from typing import Any

import pytest

from server.evidence.statements import statements_of
from server.media.relay_events import Heard, carry_out
from server.media.restart import restarted
from server.sessions import repository
from server.sessions.dividing import division
from server.sessions.repository import kept
from server.storage.schema import ApartPolicy
from server.tasks.kinds import TaskKind
from server.tasks.repository import tasks
from tests.server.guests.lobby import Lobby
from tests.server.guests.test_aside import aside, second_lawyer, two_parties
from tests.server.sessions.test_views import shape

WORDING = "apart-1"
EVERYBODY = ("mediator", "lawyer", "second", "王建国", "李秀英")


async def allow(lobby: Lobby, *, allowed: bool = True, version: str = WORDING) -> None:
    lobby.desk.clock.forward(seconds=1)
    async with lobby.desk.db.write() as db:
        db.add(
            ApartPolicy(
                version=version,
                allowed=allowed,
                body="这段单独谈话的录音录像另行封存。",
                set_at=lobby.desk.clock(),
                set_by_id=lobby.desk.id("admin"),
            )
        )


async def ask(lobby: Lobby) -> None:
    await lobby.send("mediator", "aside.record", notice=WORDING)


async def agree(lobby: Lobby, name: str, *, given: bool = True, **parts: Any) -> None:
    lobby.desk.clock.forward(seconds=1)
    await lobby.send(name, "aside.agree", given=given, notice=WORDING, **parts)


async def kept_now(lobby: Lobby) -> bool:
    """Whether the relay is told to record the talk apart."""
    async with lobby.desk.db.read() as read:
        session = await repository.session_by_id(read, lobby.session)
        assert session is not None
        caucus = await repository.open_caucus(read, lobby.session)
        wanted = (await division(read, session)).kept
    assert wanted is None or (caucus is not None and wanted == caucus.id)
    return wanted is not None


async def says(lobby: Lobby, kind: str, **body: Any) -> None:
    """The relay says something of the recording of the talk apart."""
    recording = (await lobby.room("mediator"))["aside"]["id"]
    number = int(sha256(f"{kind}{lobby.desk.clock()}".encode()).hexdigest()[:8], 16)
    at = lobby.desk.clock().timestamp()
    event = {"n": number, "type": kind, "room": lobby.session, "at": at, "session": recording}
    work = carry_out(Heard("b" * 32, event | body))
    assert work is not None
    await lobby.desk.sessions.transact(work)


async def shown(lobby: Lobby, name: str) -> Any:
    return (await lobby.room(name))["aside"]["kept"]


async def test_a_bureau_that_never_wants_it_sees_nothing_of_it(lobby: Lobby) -> None:
    await two_parties(lobby)
    await aside(lobby, "王建国", "lawyer")
    for name in ("mediator", "lawyer", "王建国", "李秀英"):
        assert await shown(lobby, name) is None
    assert await lobby.refused("mediator", "aside.record", notice=WORDING) == "aside_not_kept"
    await allow(lobby)
    assert (await shown(lobby, "mediator"))["state"] == "offered"
    assert await shown(lobby, "王建国") is None
    await allow(lobby, allowed=False, version="apart-2")
    assert await shown(lobby, "mediator") is None
    assert await lobby.refused("mediator", "aside.record", notice="apart-2") == "aside_not_kept"


async def test_nothing_is_recorded_until_all_in_it_have_said_yes(lobby: Lobby) -> None:
    await allow(lobby)
    await two_parties(lobby)
    await aside(lobby, "王建国", "lawyer")
    assert not await kept_now(lobby)
    await ask(lobby)
    assert not await kept_now(lobby)
    view = await shown(lobby, "王建国")
    assert view.keys() == shape("Kept")
    told = {one["name"]: one["given"] for one in view["answers"]}
    assert told == {"某mediator": True, "某lawyer": None, "王建国": None}
    await agree(lobby, "王建国")
    assert not await kept_now(lobby)
    await agree(lobby, "lawyer")
    assert await kept_now(lobby)
    assert (await shown(lobby, "lawyer"))["state"] == "starting"
    await says(lobby, "aside.recording.started")
    assert (await shown(lobby, "lawyer"))["state"] == "recording"
    await lobby.send("mediator", "aside.return")
    assert not await kept_now(lobby)


@pytest.mark.parametrize("who", ["mediator", "lawyer", "王建国"])
async def test_a_no_or_a_yes_taken_back_stops_it_at_once(lobby: Lobby, who: str) -> None:
    await allow(lobby)
    await two_parties(lobby)
    await aside(lobby, "王建国", "lawyer")
    await ask(lobby)
    await agree(lobby, "王建国")
    await agree(lobby, "lawyer")
    before = (await lobby.room("mediator"))["seq"]
    await agree(lobby, who, given=False)
    assert not await kept_now(lobby)
    assert (await lobby.room("mediator"))["seq"] > before, "an older division would be void"
    assert (await shown(lobby, "mediator"))["state"] == "asked"
    await agree(lobby, who)
    assert await kept_now(lobby)


async def test_a_break_and_the_end_stop_it(lobby: Lobby) -> None:
    await allow(lobby)
    await two_parties(lobby)
    await aside(lobby, "王建国")
    await ask(lobby)
    await agree(lobby, "王建国")
    await lobby.send("mediator", "session.pause", reason="喝水")
    assert not await kept_now(lobby)
    await lobby.send("mediator", "session.resume")
    assert await kept_now(lobby)
    await lobby.act("guest.send_out", "王建国")
    assert not await kept_now(lobby)


async def test_a_yes_is_for_one_talk_alone(lobby: Lobby) -> None:
    await allow(lobby)
    await two_parties(lobby)
    await aside(lobby, "王建国")
    await ask(lobby)
    await agree(lobby, "王建国")
    await lobby.send("mediator", "aside.return")
    await aside(lobby, "王建国")
    assert not await kept_now(lobby)
    await ask(lobby)
    assert not await kept_now(lobby)


async def test_who_is_not_in_it_is_not_asked(lobby: Lobby) -> None:
    """Every pair: nobody answers for somebody else, nobody outside at all."""
    await allow(lobby)
    await two_parties(lobby)
    await second_lawyer(lobby)
    await aside(lobby, "王建国", "lawyer")
    yes = {"given": True, "notice": WORDING}
    for name in ("mediator", "lawyer", "王建国"):
        assert await lobby.refused(name, "aside.agree", **yes) == "conflict", "nothing was asked"
    await ask(lobby)
    for name in ("second", "李秀英"):
        assert await lobby.refused(name, "aside.agree", **yes) == "conflict"
    for name in ("lawyer", "second", "王建国", "李秀英"):
        other = lobby.people["李秀英" if name == "王建国" else "王建国"]
        assert await lobby.refused(name, "aside.agree", person=other, **yes) == "not_allowed"
        assert await lobby.refused(name, "aside.record", notice=WORDING) == "not_allowed"
    outside = lobby.people["李秀英"]
    assert await lobby.refused("mediator", "aside.agree", person=outside, **yes) == "conflict"
    assert await lobby.refused("mediator", "aside.agree", person="0" * 32, **yes) == "not_found"
    assert await lobby.refused("王建国", "aside.agree", **yes | {"notice": "1"}) == "unknown_notice"
    assert not await kept_now(lobby)


async def test_nobody_outside_is_told_anything_of_it(lobby: Lobby) -> None:
    """Views, log, consents and what is chained to the session's own recording: as before."""
    await allow(lobby)
    await two_parties(lobby)
    await second_lawyer(lobby)
    await aside(lobby, "王建国", "lawyer")
    outside = ("second", "李秀英", "admin")
    before = {name: timeless(await lobby.view(name)) for name in outside}
    written = await chained(lobby)
    await ask(lobby)
    for name in ("王建国", "lawyer"):
        await agree(lobby, name)
    await says(lobby, "aside.recording.started")
    await says(lobby, "aside.recording.failed", code="disk_full")
    await agree(lobby, "王建国", given=False)
    await says(lobby, "aside.recording.closed")
    for name in outside:
        after = timeless(await lobby.view(name))
        assert after == before[name], name
    assert await chained(lobby) == written
    assert "单独谈话的录音录像另行封存" in repr(await lobby.view("王建国"))
    await lobby.send("mediator", "aside.return")
    for name in (*EVERYBODY, "admin"):
        assert "另行封存" not in repr(await lobby.view(name))


def timeless(view: dict[str, Any]) -> dict[str, Any]:
    """A view without its clocks and without the number of its change, which say nothing."""
    session = view.get("session")
    if session:
        session = session | {"seq": 0, "media": session["media"] | {"ice_servers": None}}
    return view | {"now": 0} | ({"session": session} if session else {})


async def chained(lobby: Lobby) -> list[Any]:
    async with lobby.desk.db.read() as read:
        return await statements_of(read, lobby.session)


async def test_the_party_beside_the_terminal_answers_through_the_mediator(lobby: Lobby) -> None:
    await allow(lobby)
    person = (await lobby.room("mediator"))["persons"][0]["id"]
    await lobby.send("mediator", "aside.invite", person=person, lawyers=[])
    await lobby.divided()
    await ask(lobby)
    assert not await kept_now(lobby)
    await agree(lobby, "mediator", person=person, how="spoken")
    assert await kept_now(lobby)
    async with lobby.desk.db.read() as read:
        (recording,) = await kept.recordings_of(read, lobby.session)
        answers = await kept.consents_of(read, recording.id)
    assert [(one.person_id, one.how, one.version) for one in answers] == [
        (None, "tap", WORDING),
        (person, "spoken", WORDING),
    ]


async def test_a_party_elsewhere_answers_alone(lobby: Lobby) -> None:
    await allow(lobby)
    await two_parties(lobby)
    await aside(lobby, "王建国")
    await ask(lobby)
    noted = {"person": lobby.people["王建国"], "notice": WORDING, "how": "spoken"}
    for given in (True, False):
        body = {**noted, "given": given}
        assert await lobby.refused("mediator", "aside.agree", **body) == "their_own_answer"
    await agree(lobby, "王建国", given=False)
    body = {**noted, "given": True}
    assert await lobby.refused("mediator", "aside.agree", **body) == "their_own_answer"
    assert not await kept_now(lobby)


async def test_for_a_minor_the_guardian_answers(lobby: Lobby) -> None:
    await allow(lobby)
    await lobby.use(await lobby.invite("小明", minor=True, guardian="明妈妈"))
    await lobby.answer("小明")
    await lobby.send("小明", "guest.knock")
    await lobby.know("小明")
    await lobby.act("guest.admit", "小明")
    await lobby.connect("小明")
    await aside(lobby, "小明")
    await ask(lobby)
    await agree(lobby, "小明")
    assert await kept_now(lobby)
    async with lobby.desk.db.read() as read:
        (recording,) = await kept.recordings_of(read, lobby.session)
        answers = await kept.consents_of(read, recording.id)
    assert answers[-1].guardian == "明妈妈"


async def test_what_the_relay_says_is_shown_inside_and_told_the_admins(lobby: Lobby) -> None:
    await allow(lobby)
    await two_parties(lobby)
    await aside(lobby, "王建国")
    await ask(lobby)
    await agree(lobby, "王建国")
    await says(lobby, "aside.recording.started")
    await says(lobby, "aside.recording.failed", code="disk_full")
    assert (await shown(lobby, "王建国"))["state"] == "failed"
    async with lobby.desk.db.read() as read:
        found, _ = await tasks(read, done=False, kind=TaskKind.RECORDING_ALARM, number=1)
    assert found == 1
    lobby.desk.clock.forward(seconds=1)
    await says(lobby, "aside.recording.started")
    assert (await shown(lobby, "王建国"))["state"] == "recording"
    await lobby.desk.sessions.transact(restarted(lobby.session, "unix:/other", "c" * 32))
    await says(lobby, "aside.recording.started")
    assert (await shown(lobby, "王建国"))["state"] == "recording"
