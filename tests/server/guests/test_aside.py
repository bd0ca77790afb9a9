"""Talks apart: who is in which circle, and what every role is shown and not shown of it."""

import pytest

from tests.server.guests.lobby import Lobby


async def two_parties(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    await lobby.inside("李秀英")


async def second_lawyer(lobby: Lobby) -> None:
    await lobby.desk.on_duty("second")
    ask = {"session": lobby.session, "lawyer": lobby.desk.id("second"), "kind": "call_in"}
    await lobby.desk.send("lawyer", "call.hand_over", ask)
    await lobby.send("second", "call.accept", recording=True)
    await lobby.connect("second")


async def aside(lobby: Lobby, name: str, *lawyers: str) -> dict[str, str]:
    """A talk apart with this party, accepted and divided; the circles by name."""
    await lobby.act("aside.invite", name, lawyers=await lobby.lawyers(*lawyers))
    await lobby.send(name, "aside.answer", accept=True)
    return await lobby.divided()


@pytest.mark.parametrize("taken", [(), ("lawyer",), ("second",), ("lawyer", "second")])
async def test_the_mediator_and_one_party_apart(lobby: Lobby, taken: tuple[str, ...]) -> None:
    """With as many of the lawyers as the mediator says: none, either, both."""
    await two_parties(lobby)
    await second_lawyer(lobby)
    circles = await aside(lobby, "王建国", *taken)
    assert circles["某mediator"] == circles["王建国"] != "joint"
    for lawyer in ("lawyer", "second"):
        assert (circles[f"某{lawyer}"] == circles["王建国"]) is (lawyer in taken)
        shown = (await lobby.room(lawyer))["aside"]
        assert (shown["mine"], shown["person"] is None) == (lawyer in taken, lawyer not in taken)
    assert "joint" not in circles.values()
    alone = [name for name, circle in circles.items() if circle != circles["王建国"]]
    assert len({circles[name] for name in alone}) == len(alone), "who waits hears nobody"
    assert await lobby.hold() == "caucus"
    await lobby.send("mediator", "aside.return")
    assert set((await lobby.divided()).values()) == {"joint"}
    assert await lobby.hold() == ""


async def test_it_is_secret_only_when_the_relay_has_said_so(lobby: Lobby) -> None:
    await two_parties(lobby)
    await lobby.act("aside.invite", "王建国", lawyers=[])
    assert (await lobby.room("王建国"))["aside"]["state"] == "invited"
    assert (await lobby.room("李秀英"))["aside"] is None
    assert (await lobby.room("lawyer"))["aside"] is None
    await lobby.send("王建国", "aside.answer", accept=True)
    assert (await lobby.room("mediator"))["aside"]["state"] == "accepted"
    await lobby.divided()
    assert (await lobby.room("mediator"))["aside"]["state"] == "locked"


async def test_nobody_outside_is_shown_anything_of_it(lobby: Lobby) -> None:
    await two_parties(lobby)
    await aside(lobby, "王建国")
    before = {name: await lobby.view(name) for name in ("lawyer", "李秀英", "admin")}
    log = await lobby.desk.log_types(lobby.session)
    for name in ("mediator", "王建国"):
        await lobby.send(name, "room.say", text=f"{name}的底线是五千元")
        await lobby.send(name, "media.show", microphone=False, camera=True)
    await lobby.send("王建国", "room.hand", raised=True)
    for name, view in before.items():
        after = await lobby.view(name)
        assert "五千" not in repr(after)
        if view.get("session"):
            view["session"]["seq"] = after["session"]["seq"] = 0
        assert after == view, name
    quiet = {"participant.showed"}
    assert [one for one in await lobby.desk.log_types(lobby.session) if one not in quiet] == [
        one for one in log if one not in quiet
    ]
    assert "五千" in repr(await lobby.view("mediator"))
    assert (await lobby.room("李秀英"))["aside"] == {
        "id": (await lobby.room("mediator"))["aside"]["id"],
        "state": "locked",
        "mine": False,
        "person": None,
        "lawyers": None,
        "kept": None,
    }
    assert [one["name"] for one in (await lobby.room("李秀英"))["participants"]] == ["李秀英"]
    await lobby.send("mediator", "aside.return")
    for name in ("lawyer", "李秀英"):
        assert "五千" not in repr(await lobby.view(name))
    assert "五千" in repr(await lobby.room("王建国"))


async def test_who_waits_can_call_the_mediator(lobby: Lobby) -> None:
    await two_parties(lobby)
    await aside(lobby, "王建国")
    await lobby.send("李秀英", "room.call", calling=True)
    people = (await lobby.room("mediator"))["participants"]
    assert [one["name"] for one in people if one["calling"]] == ["李秀英"]
    assert "calling" in repr(await lobby.room("李秀英"))
    await lobby.send("mediator", "aside.return")
    assert not [one for one in (await lobby.room("mediator"))["participants"] if one["calling"]]


async def test_a_no_is_an_answer_and_a_question_can_be_taken_back(lobby: Lobby) -> None:
    await two_parties(lobby)
    await lobby.act("aside.invite", "王建国", lawyers=[])
    assert await lobby.refused("李秀英", "aside.answer", accept=True) == "conflict"
    await lobby.send("王建国", "aside.answer", accept=False)
    assert (await lobby.room("mediator"))["aside"] is None
    await lobby.act("aside.invite", "李秀英", lawyers=[])
    person = lobby.people["王建国"]
    refused = await lobby.refused("mediator", "aside.invite", person=person, lawyers=[])
    assert refused == "aside_already"
    await lobby.send("mediator", "aside.return")
    assert await lobby.refused("李秀英", "aside.answer", accept=True) == "conflict"


async def test_somebody_beside_the_terminal_needs_no_invitation(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    person = (await lobby.room("mediator"))["persons"][0]["id"]
    lawyers = await lobby.lawyers("lawyer")
    await lobby.send("mediator", "aside.invite", person=person, lawyers=lawyers)
    circles = await lobby.divided()
    assert circles["某mediator"] == circles["某lawyer"] != circles["王建国"]


@pytest.mark.parametrize("kind", ["guest.send_out", "guest.refuse"])
async def test_it_ends_when_the_party_goes(lobby: Lobby, kind: str) -> None:
    await two_parties(lobby)
    await aside(lobby, "王建国")
    await lobby.act(kind, "王建国")
    assert set((await lobby.divided()).values()) == {"joint"}
    assert (await lobby.room("mediator"))["aside"] is None


async def test_a_shut_microphone_is_the_relays_business_and_the_guest_is_told(
    lobby: Lobby,
) -> None:
    await two_parties(lobby)
    people = (await lobby.room("mediator"))["participants"]
    one = next(person for person in people if person["name"] == "王建国")
    await lobby.send("mediator", "room.hush", participant=one["id"], muted=True)
    (me,) = [p for p in (await lobby.room("王建国"))["participants"] if p["me"]]
    assert (me["hushed"], me["microphone"]) == (True, False)
    lawyer = next(person for person in people if person["role"] == "lawyer")
    body = {"participant": lawyer["id"], "muted": True}
    assert await lobby.refused("mediator", "room.hush", **body) == "not_found"


async def test_what_is_written_is_for_those_who_are_there(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    await lobby.send("mediator", "room.say", text="先说第一件事")
    await lobby.inside("李秀英")
    await lobby.send("王建国", "room.say", text="再说第二件事")
    texts = [one["text"] for one in (await lobby.room("李秀英"))["messages"]]
    assert texts == ["再说第二件事"]
    assert len((await lobby.room("lawyer"))["messages"]) == 2


async def test_only_a_lawyer_in_the_room_can_be_taken_along(lobby: Lobby) -> None:
    await two_parties(lobby)
    people = {one["name"]: one["id"] for one in (await lobby.room("mediator"))["participants"]}
    for other in (people["李秀英"], people["某mediator"], "0" * 32):
        body = {"person": lobby.people["王建国"], "lawyers": [other]}
        assert await lobby.refused("mediator", "aside.invite", **body) == "not_inside"


async def test_a_lawyer_who_comes_during_a_talk_apart_waits_outside(lobby: Lobby) -> None:
    await two_parties(lobby)
    await aside(lobby, "王建国", "lawyer")
    await second_lawyer(lobby)
    circles = await lobby.divided()
    assert circles["某lawyer"] == circles["某mediator"] == circles["王建国"]
    assert list(circles.values()).count(circles["某second"]) == 1, "hears nobody"
    assert (await lobby.room("second"))["aside"]["person"] is None
