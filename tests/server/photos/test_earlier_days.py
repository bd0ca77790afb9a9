"""Photos of a session that goes on another day: who sees them then, and who does not."""

from collections.abc import Sequence

import pytest

from server.sessions import repository
from server.storage.schema import Deletion, new_id
from tests.server.guests.lobby import Lobby
from tests.server.photos.gallery import Gallery

DAY = "2026-12-01"
STAFF = ("mediator", "lawyer")
PARTIES = ("王建国", "李秀英")


async def another_day(
    gallery: Gallery,
    *names: str,
    by: str = "mediator",
    lawyer: str = "lawyer",
    here: Sequence[str] = (),
) -> None:
    """Adjourn, seal, and go on eight days later; `here`: names typed anew, not taken along."""
    desk, before = gallery.lobby.desk, gallery.lobby
    await before.send("mediator", "session.adjourn", day=DAY)
    await before.send("lawyer", "session.close", reason="测试")
    await before.send("mediator", "session.finish")
    desk.clock.forward(days=8)
    await desk.keep_leases()
    await gallery.keep()
    async with desk.db.read() as read:
        then = {one.name: one for one in await repository.persons_of(read, before.session)}
    asked = {"recording": True, "lawyer_presence": True}
    persons = [{"name": "站里的人", "was": then["站里的人"].id, **asked}]
    persons += [{"name": name, **asked} for name in here]
    later = await desk.live(lawyer, by, persons=persons, continues=before.session)
    async with desk.db.read() as read:
        now = {one.name: one.id for one in await repository.persons_of(read, later)}
    gallery.lobby = Lobby(desk, later, now)
    for name in names:
        await gallery.lobby.inside(name)


async def test_who_could_see_it_sees_it_with_its_day(gallery: Gallery) -> None:
    shown = await gallery.give("王建国", caption="欠条")
    gallery.lobby.desk.clock.forward(seconds=10)
    private = await gallery.give("李秀英", caption="只给调解员")
    await gallery.lobby.send("mediator", "photo.show", photo=shown)
    await another_day(gallery, *PARTIES, "新来的人")
    today = await gallery.give("王建国", caption="今天的")
    sees = {name: await gallery.sees(name) for name in (*STAFF, *PARTIES, "新来的人")}
    assert sees == {
        "mediator": [shown, private, today],
        "lawyer": [shown, private, today],
        "王建国": [shown, today],
        "李秀英": [shown, private],
        "新来的人": [],
    }
    old, *_, new = (await gallery.lobby.room("mediator"))["photos"]
    assert [(one["earlier"], one["name"]) for one in (old, new)] == [
        (True, "王建国"),
        (False, "王建国"),
    ]
    assert old["at"] < new["at"] - 7 * 86_400_000
    mine = (await gallery.lobby.room("王建国"))["photos"][0]
    assert (mine["me"], mine["earlier"], mine["shown"]) == (True, True, False)
    theirs = (await gallery.lobby.room("李秀英"))["photos"][0]
    assert (theirs["me"], theirs["name"]) == (False, "")


async def test_what_was_given_apart_stays_with_who_was_there(gallery: Gallery) -> None:
    lobby = gallery.lobby
    await lobby.act("aside.invite", "王建国", lawyers=[])
    await lobby.send("王建国", "aside.answer", accept=True)
    await lobby.divided()
    ident = await gallery.give("王建国")
    await lobby.send("mediator", "aside.return")
    await another_day(gallery, *PARTIES)
    sees = {name: await gallery.sees(name) for name in (*STAFF, *PARTIES)}
    assert sees == {"mediator": [ident], "lawyer": [], "王建国": [ident], "李秀英": []}


async def test_who_had_left_before_it_was_shown_does_not_see_it(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    await gallery.lobby.send("李秀英", "guest.leave")
    gallery.lobby.desk.clock.forward(seconds=10)
    await gallery.lobby.send("mediator", "photo.show", photo=ident)
    await another_day(gallery, *PARTIES)
    assert await gallery.sees("李秀英") == []
    assert await gallery.sees("王建国") == [ident]


async def test_another_mediator_and_another_lawyer_see_nothing(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    await gallery.lobby.send("mediator", "photo.show", photo=ident)
    await another_day(gallery, by="neighbour", lawyer="second")
    people = ("neighbour", "second", "mediator", "lawyer", "elsewhere", "admin")
    assert {name: await gallery.sees(name) for name in people} == {name: [] for name in people}
    refused = await gallery.lobby.refused("neighbour", "photo.show", photo=ident)
    assert refused == "not_found"


async def test_shown_again_everybody_of_that_day_sees_it(gallery: Gallery) -> None:
    """Of what was signed on the first day nothing changes."""
    ident = await gallery.give("王建国")
    first = gallery.lobby
    await another_day(gallery, "李秀英", "新来的人", lawyer="second")
    for name in ("李秀英", "新来的人", "second"):
        assert await gallery.sees(name) == []
    for _ in range(2):
        await gallery.lobby.send("mediator", "photo.show", photo=ident)
    for name in ("mediator", "李秀英", "新来的人", "second"):
        assert await gallery.sees(name) == [ident]
        (one,) = (await gallery.lobby.room(name))["photos"]
        assert (one["shown"], one["earlier"]) == (True, True)
    log = await gallery.lobby.desk.log_types(gallery.lobby.session)
    assert log.count("photo.shown") == 1
    gallery.lobby, later = first, gallery.lobby
    await gallery.keep()
    assert await gallery.problems() == []
    gallery.lobby = later


async def test_a_third_day_has_those_of_both(gallery: Gallery) -> None:
    one = await gallery.give("王建国")
    await another_day(gallery, "李秀英")
    await gallery.lobby.send("mediator", "photo.show", photo=one)
    gallery.lobby.desk.clock.forward(seconds=10)
    two = await gallery.give("李秀英")
    await another_day(gallery, *PARTIES)
    assert await gallery.sees("mediator") == [one, two]
    assert await gallery.sees("王建国") == [one]
    assert await gallery.sees("李秀英") == [one, two], "shown to them on the second day"


@pytest.mark.parametrize("typed", [False, True])
async def test_a_name_alone_opens_nothing(gallery: Gallery, typed: bool) -> None:
    ident = await gallery.give("王建国")
    await another_day(gallery, here=["王建国"] if typed else [])
    if typed:
        async with gallery.lobby.desk.db.write() as write:
            for one in await repository.persons_of(write, gallery.lobby.session):
                one.here = one.name != "王建国"
    await gallery.lobby.inside("王建国")
    assert await gallery.sees("王建国") == ([] if typed else [ident])


async def test_what_is_destroyed_is_on_no_list(gallery: Gallery) -> None:
    await gallery.give("王建国")
    first = gallery.lobby.session
    await another_day(gallery)
    desk = gallery.lobby.desk
    async with desk.db.write() as write:
        write.add(
            Deletion(
                id=new_id(),
                session_id=first,
                state="erased",
                reason="到期",
                proposed_at=desk.clock(),
                proposed_by_id=desk.id("admin"),
            )
        )
    assert (await gallery.lobby.room("mediator"))["photos"] == []
