"""From the link to the room: used once, asked everything, known, let in, sent out, refused."""

import pytest
from sqlalchemy import select

from server.accounts.service import Visitor
from server.accounts.throttle import TooManyTries
from server.guests.invitations import WrongInvitation
from server.sessions import repository
from server.storage.schema import Invitation, Login
from signaling.participant import PLACES, SEATS
from tests.server.guests.lobby import SUBJECTS, Lobby


async def test_a_link_works_once_and_for_one_person(lobby: Lobby) -> None:
    made = await lobby.invite("王建国")
    seen = await lobby.invitations.look(made.token, "1.2.3.4")
    assert (seen.name, seen.station) == ("王建国", "A工作站")
    await lobby.use(made)
    for secret in (made.token, made.code, "x" * 43, "0000-0000"):
        with pytest.raises(WrongInvitation):
            await lobby.invitations.use(secret, Visitor("1.2.3.4"))


async def test_the_short_code_opens_the_same_door(lobby: Lobby) -> None:
    made = await lobby.invite("王建国")
    assert await lobby.invitations.use(made.code.replace("-", " "), Visitor("1.2.3.4"))
    with pytest.raises(WrongInvitation):
        await lobby.use(made)


async def test_a_newer_link_voids_the_older_and_shuts_out_who_used_it(lobby: Lobby) -> None:
    first = await lobby.invite("王建国")
    await lobby.use(first)
    second = await lobby.invite("王建国")
    async with lobby.desk.db.read() as read:
        assert (await read.scalars(select(Login))).all() == []
    await lobby.use(second)
    third, fourth = await lobby.invite("王建国"), await lobby.invite("王建国")
    with pytest.raises(WrongInvitation):
        await lobby.use(third)
    await lobby.use(fourth)


async def test_links_expire_and_guessing_is_slowed_down(lobby: Lobby) -> None:
    made = await lobby.invite("王建国")
    lobby.desk.clock.forward(hours=2)
    with pytest.raises(WrongInvitation):
        await lobby.use(made)
    for _ in range(10):
        with pytest.raises(WrongInvitation):
            await lobby.invitations.look("0000-0000", "6.6.6.6")
    with pytest.raises(TooManyTries):
        await lobby.invitations.look("0000-0000", "6.6.6.6")
    assert (await lobby.invitations.look((await lobby.invite("李秀英")).code, "7.7.7.7")).name


async def test_wrong_codes_from_everywhere_shut_no_link(lobby: Lobby) -> None:
    made = await lobby.invite("王建国")
    for number in range(30):
        for _ in range(10):
            with pytest.raises(WrongInvitation):
                await lobby.invitations.look("0000-0000", f"6.6.6.{number}")
    with pytest.raises(TooManyTries):
        await lobby.invitations.look(made.code, "7.7.7.7")
    for address in ("6.6.6.6", "7.7.7.7"):
        assert (await lobby.invitations.look(made.token, address)).name == "王建国"
    await lobby.use(made)


async def test_only_hashes_are_kept(lobby: Lobby) -> None:
    made = await lobby.invite("王建国")
    token = await lobby.use(made)
    stored = repr(await lobby.desk.everything())
    for secret in (made.token, made.code, made.code.replace("-", ""), token):
        assert secret not in stored
    async with lobby.desk.db.read() as read:
        assert len((await read.scalars(select(Invitation))).all()) == 1


async def test_nobody_comes_in_unasked_unknown_or_by_themselves(lobby: Lobby) -> None:
    await lobby.use(await lobby.invite("王建国"))
    assert await lobby.refused("王建国", "guest.knock") == "not_asked_yet"
    for subject in SUBJECTS[:3]:
        await lobby.send("王建国", "consent.answer", subject=subject, given=True, notice="1")
    assert await lobby.refused("王建国", "guest.knock") == "not_asked_yet"
    await lobby.answer("王建国")
    await lobby.send("王建国", "guest.knock")
    person = lobby.people["王建国"]
    assert await lobby.refused("mediator", "guest.admit", person=person) == "not_known_yet"
    assert await lobby.refused("王建国", "guest.admit", person=person) == "not_allowed"
    assert await lobby.refused("王建国", "media.show", microphone=True, camera=True) == "conflict"
    body = {"person": person, "name": "王建国", "way": "not_possible"}
    assert await lobby.refused("mediator", "guest.know", **body) == "say_why"
    await lobby.know("王建国", way="not_possible", words="没有带证件，本村干部作证")
    await lobby.act("guest.admit", "王建国")
    assert (await lobby.view("王建国"))["guest"]["state"] == "inside"


async def test_the_name_in_the_room_is_the_checked_one(lobby: Lobby) -> None:
    await lobby.waits("小王")
    await lobby.know("小王", checked="王建国")
    await lobby.act("guest.admit", "小王")
    names = [one["name"] for one in (await lobby.room("lawyer"))["participants"]]
    assert names == ["某mediator", "某lawyer", "王建国"]
    assert (await lobby.view("小王"))["guest"]["name"] == "王建国"
    (visitor,) = (await lobby.room("mediator"))["lobby"]
    assert (visitor["name"], visitor["identity"]) == ("王建国", "document")


async def test_sent_out_recalled_refused_and_invited_again(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    assert "王建国" in await lobby.divided()
    await lobby.act("guest.send_out", "王建国", words="请稍等，先和对方谈一下。")
    assert "王建国" not in await lobby.divided()
    view = await lobby.view("王建国")
    assert (view["session"], view["guest"]["state"]) == (None, "waiting")
    assert view["guest"]["words"] == "请稍等，先和对方谈一下。"
    await lobby.act("guest.admit", "王建国")
    await lobby.connect("王建国")
    assert "王建国" in await lobby.divided()
    await lobby.send("王建国", "guest.leave")
    assert "王建国" not in await lobby.divided()
    await lobby.send("王建国", "guest.knock")
    await lobby.act("guest.refuse", "王建国")
    assert await lobby.refused("王建国", "guest.knock") == "conflict"
    await lobby.use(await lobby.invite("王建国"))
    await lobby.send("王建国", "guest.knock")


async def test_a_lobby_shows_nobody_but_oneself(lobby: Lobby) -> None:
    await lobby.waits("王建国")
    await lobby.waits("李秀英")
    await lobby.inside("张丽")
    for name, others in (("王建国", ("李秀英", "张丽")), ("张丽", ("王建国", "李秀英"))):
        text = repr(await lobby.view(name))
        assert not [other for other in others if other in text]
        assert "拖欠工资三个月" not in text
    assert (await lobby.room("lawyer"))["lobby"] == []
    assert len((await lobby.room("mediator"))["lobby"]) == 3


async def test_from_the_seventh_on_people_take_part_by_sound_alone(lobby: Lobby) -> None:
    names = [f"当事人{n}" for n in range(PLACES - 1)]
    for name in names:
        await lobby.inside(name)
    seventh = (await lobby.room(names[-1]))["media"]["place"]
    assert seventh == PLACES
    await lobby.send(names[-1], "media.show", microphone=True, camera=True, screen=True)
    shown = {one["name"]: one for one in (await lobby.room("mediator"))["participants"]}
    last = shown[names[-1]]
    assert (last["place"], last["camera"], last["screen"]) == (PLACES, False, False)
    await lobby.act("guest.send_out", names[-1])
    await lobby.act("guest.send_out", names[0])
    await lobby.act("guest.admit", names[-1])
    assert (await lobby.room(names[-1]))["media"]["place"] < PLACES, "a picture's place was free"


async def test_there_are_twelve_places_and_one_that_is_left_is_free(lobby: Lobby) -> None:
    names = [f"当事人{n}" for n in range(SEATS - 2)]
    for name in names:
        await lobby.inside(name)
    await lobby.waits("再来一位")
    await lobby.know("再来一位")
    person = lobby.people["再来一位"]
    assert await lobby.refused("mediator", "guest.admit", person=person) == "room_full"
    await lobby.act("guest.send_out", names[0])
    await lobby.act("guest.admit", "再来一位")
    async with lobby.desk.db.read() as read:
        seated = await repository.participants_of(read, lobby.session)
    assert len({one.place for one in seated if one.state != "left"}) == SEATS


async def test_when_the_talk_is_over_so_is_the_login(lobby: Lobby) -> None:
    await lobby.inside("王建国")
    await lobby.waits("李秀英")
    late = await lobby.invite("张丽")
    await lobby.send("mediator", "session.hang_up")
    for name in ("王建国", "李秀英"):
        view = await lobby.view(name)
        assert (view["session"], view["guest"]["state"]) == (None, "over")
    with pytest.raises(WrongInvitation):
        await lobby.use(late)
    lobby.desk.clock.forward(minutes=31)
    async with lobby.desk.db.read() as read:
        logins = (await read.scalars(select(Login))).all()
    assert all(login.expires_at < lobby.desk.clock() for login in logins)
