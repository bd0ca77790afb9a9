"""Places: who moves up to a picture, and who comes back to find somebody on theirs."""

import pytest

from server.storage.engine import Database
from server.storage.schema import Participant
from signaling.participant import PLACES, ParticipantState
from signaling.rights import Role
from tests.server.guests.lobby import Lobby, open_lobby
from tests.server.sessions.desk import open_desk, participants

EIGHT = [f"当事人{n}" for n in range(PLACES)]


@pytest.fixture
async def lobby(small: Database) -> Lobby:
    """Mediator, lawyer and six parties: the last two by sound alone."""
    lobby = await open_lobby(await open_desk(small))
    for name in EIGHT:
        await lobby.inside(name)
    return lobby


async def places(lobby: Lobby) -> dict[str, int]:
    seated = await participants(lobby.desk, lobby.session)
    here = {one.name: one.place for one in seated if one.state is not ParticipantState.LEFT}
    assert len(set(here.values())) == len(here), "a place is one person's"
    return here


async def by_sound(lobby: Lobby) -> set[str]:
    return {name for name, place in (await places(lobby)).items() if place >= PLACES}


@pytest.mark.parametrize("how", ["guest.send_out", "guest.refuse", "guest.leave"])
async def test_who_has_waited_longest_by_sound_alone_moves_up(lobby: Lobby, how: str) -> None:
    assert await by_sound(lobby) == set(EIGHT[-2:])
    if how == "guest.leave":
        await lobby.send(EIGHT[0], how)
    else:
        await lobby.act(how, EIGHT[0])
    assert await by_sound(lobby) == {EIGHT[-1]}
    room = await lobby.room(EIGHT[-2])
    assert room["media"]["place"] < PLACES, "the page connects anew, at the other place"
    mine = next(one for one in room["participants"] if one["me"])
    assert (mine["place"], mine["camera"]) == (room["media"]["place"], False), "the owner's to say"
    await lobby.send(EIGHT[-2], "media.show", microphone=True, camera=True, screen=False)
    shown = {one["name"]: one for one in (await lobby.room("mediator"))["participants"]}
    assert shown[EIGHT[-2]]["camera"]


async def test_a_voice_that_leaves_moves_nobody(lobby: Lobby) -> None:
    before = await places(lobby)
    await lobby.act("guest.send_out", EIGHT[-1])
    del before[EIGHT[-1]]
    assert await places(lobby) == before


async def test_while_a_lawyer_is_waited_for_the_lawyers_place_is_kept(lobby: Lobby) -> None:
    await lobby.send("lawyer", "call.give_back", reason="有急事")
    await lobby.send(EIGHT[0], "guest.leave")
    assert await by_sound(lobby) == set(EIGHT[-2:])
    await lobby.desk.on_duty("second")
    await lobby.send("second", "call.accept", recording=True)
    now = await places(lobby)
    assert now["某second"] < PLACES
    assert await by_sound(lobby) == {EIGHT[-1]}, "the other free place is a party's again"


async def test_a_lawyer_comes_before_a_party(lobby: Lobby) -> None:
    await lobby.desk.on_duty("second")
    await _hand(lobby, "lawyer", "second", "call_in")
    await lobby.send("second", "call.accept", recording=True)
    assert await by_sound(lobby) == {*EIGHT[-2:], "某second"}
    await lobby.act("guest.send_out", EIGHT[0])
    assert await by_sound(lobby) == set(EIGHT[-2:])


@pytest.mark.parametrize("way", ["accept", "transfer"])
async def test_a_lawyer_who_comes_back_finds_a_place(lobby: Lobby, way: str) -> None:
    """The first lawyer's place is somebody else's by now; the relay would say `place_taken`."""
    desk = lobby.desk
    await desk.on_duty("second")
    await _hand(lobby, "lawyer", "second", "transfer")
    await lobby.send("second", "call.accept", recording=True)
    await _takes_the_place_of(lobby, "某lawyer", EIGHT[1])
    await desk.on_duty("lawyer")
    if way == "accept":
        await lobby.send("second", "call.give_back", reason="有急事")
    else:
        await _hand(lobby, "second", "lawyer", "transfer")
    await lobby.send("lawyer", "call.accept", recording=True)
    now = await places(lobby)
    assert now["某lawyer"] < PLACES
    assert (await lobby.room("lawyer"))["media"]["place"] == now["某lawyer"]


async def _hand(lobby: Lobby, by: str, to: str, kind: str) -> None:
    about = {"session": lobby.session, "lawyer": lobby.desk.id(to), "kind": kind, "reason": ""}
    await lobby.desk.send(by, "call.hand_over", about)


async def _takes_the_place_of(lobby: Lobby, left: str, name: str) -> None:
    """However it came about: somebody now sits where this lawyer sat."""
    rows = {one.name: one for one in await participants(lobby.desk, lobby.session)}
    assert (rows[left].state, rows[left].role) == (ParticipantState.LEFT, Role.LAWYER)
    async with lobby.desk.db.write() as write:
        here = await write.get_one(Participant, rows[name].id)
        gone = await write.get_one(Participant, rows[left].id)
        gone.place = here.place


async def test_of_two_second_lawyers_who_came_first_has_the_talk(small: Database) -> None:
    lobby = await open_lobby(await open_desk(small))
    desk = lobby.desk
    await desk.hire("third")
    await desk.on_duty("second", "third")
    for name in EIGHT[:3]:
        await lobby.inside(name)
    await join(lobby, "second")
    await lobby.send(EIGHT[0], "guest.leave")
    await join(lobby, "third")
    where = await places(lobby)
    assert where["某third"] < where["某second"], "a place that became free"
    await lobby.send("lawyer", "call.give_back", reason="有急事")
    assert (await desk.row(lobby.session)).lawyer_id == desk.id("second")


async def join(lobby: Lobby, lawyer: str) -> None:
    """Called in as a second, and there."""
    body = {"session": lobby.session, "lawyer": lobby.desk.id(lawyer), "kind": "call_in"}
    await lobby.desk.send("lawyer", "call.hand_over", body)
    await lobby.send(lawyer, "call.accept", recording=True)
    await lobby.connect(lawyer)
    lobby.desk.clock.forward(seconds=1)
