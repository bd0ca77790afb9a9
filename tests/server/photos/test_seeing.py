"""Who may give a photo and who may see it: each person, apart and together, and afterwards."""

from uuid import uuid4

import pytest

from tests.server.photos.gallery import Gallery
from tests.server.photos.pictures import photo

INSIDE = ("mediator", "lawyer", "王建国", "李秀英")
NOBODY = ("neighbour", "elsewhere", "nowhere", "second", "admin")


async def who_sees(gallery: Gallery, ident: str) -> set[str]:
    return {name for name in (*INSIDE, *NOBODY) if ident in await gallery.sees(name)}


async def test_the_other_party_sees_it_when_it_is_shown(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    assert await who_sees(gallery, ident) == {"mediator", "lawyer", "王建国"}
    await gallery.lobby.send("mediator", "photo.show", photo=ident)
    assert await who_sees(gallery, ident) == set(INSIDE)
    (shown,) = (await gallery.lobby.room("李秀英"))["photos"]
    assert (shown["name"], shown["me"], shown["shown"]) == ("王建国", False, True)
    await gallery.lobby.send("mediator", "photo.show", photo=ident)
    log = await gallery.lobby.desk.log_types(gallery.lobby.session)
    assert log.count("photo.shown") == 1


async def test_only_the_mediator_shows_and_only_what_is_there(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    for name in ("lawyer", "王建国"):
        assert await gallery.lobby.refused(name, "photo.show", photo=ident) == "not_allowed"
    refused = await gallery.lobby.refused("mediator", "photo.show", photo=uuid4().hex)
    assert refused == "not_found"


@pytest.mark.parametrize("name", [*NOBODY, "", "lawyer"])
async def test_who_may_not_give(gallery: Gallery, name: str) -> None:
    response = await gallery.put(name, photo())
    assert response.status in (401, 403, 404)
    assert gallery.files() == []


@pytest.mark.parametrize("lawyer", [False, True])
async def test_apart_it_stays_with_those_who_are_there(gallery: Gallery, lawyer: bool) -> None:
    lobby = gallery.lobby
    lawyers = await lobby.lawyers("lawyer") if lawyer else []
    await lobby.act("aside.invite", "王建国", lawyers=lawyers)
    await lobby.send("王建国", "aside.answer", accept=True)
    await lobby.divided()
    before = {name: await lobby.view(name) for name in ("李秀英", "lawyer")}
    ident = await gallery.give("王建国", caption="只给调解员看")
    alone = await gallery.give("李秀英", caption="等候时交的")
    there = {"mediator", "王建国"} | ({"lawyer"} if lawyer else set())
    assert await who_sees(gallery, ident) == there
    assert await who_sees(gallery, alone) == {"mediator", "李秀英"}
    if not lawyer:
        after = await lobby.view("lawyer")
        before["lawyer"]["session"]["seq"] = after["session"]["seq"]
        assert after == before["lawyer"]
    assert "只给调解员看" not in repr(await lobby.view("李秀英"))
    assert await lobby.refused("mediator", "photo.show", photo=ident) == "aside_now"
    await lobby.send("mediator", "aside.return")
    await lobby.divided()
    assert await who_sees(gallery, ident) == there
    await lobby.send("mediator", "photo.show", photo=ident)
    assert await who_sees(gallery, ident) == set(INSIDE)


async def test_kept_apart_a_shown_photo_names_nobody(gallery: Gallery) -> None:
    lobby = gallery.lobby
    ident = await gallery.give("王建国")
    await lobby.act("guest.send_out", "王建国")
    assert await gallery.sees("王建国") == []
    one, other = (lobby.people[name] for name in ("王建国", "李秀英"))
    await lobby.send("mediator", "persons.keep_apart", one=one, other=other)
    assert await gallery.sees("李秀英") == []
    await lobby.send("mediator", "photo.show", photo=ident)
    (shown,) = (await lobby.room("李秀英"))["photos"]
    assert shown["name"] == ""
    assert "王建国" not in repr(await lobby.view("李秀英"))
    assert (await lobby.room("mediator"))["photos"][0]["name"] == "王建国"


async def test_who_waits_in_the_lobby_gives_and_sees_nothing(gallery: Gallery) -> None:
    lobby = gallery.lobby
    ident = await gallery.give("mediator")
    await lobby.send("mediator", "photo.show", photo=ident)
    await lobby.waits("张三")
    assert await gallery.refused("张三", photo()) == "conflict"
    assert await gallery.sees("张三") == []
    await lobby.know("张三")
    await lobby.act("guest.admit", "张三")
    assert await gallery.sees("张三") == [ident]


async def test_after_the_talk_its_lawyer_sees_it_until_the_record_is_done(
    gallery: Gallery,
) -> None:
    ident = await gallery.give("王建国")
    await gallery.lobby.send("mediator", "photo.show", photo=ident)
    await gallery.lobby.send("mediator", "session.hang_up")
    assert await who_sees(gallery, ident) == {"lawyer"}
    assert await gallery.refused("mediator", photo()) == "conflict"
    assert await gallery.refused("王建国", photo()) == "conflict"
    await gallery.lobby.send("lawyer", "session.close", reason="测试")
    assert await who_sees(gallery, ident) == set()


async def test_a_session_is_only_entered_by_its_own_address(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    for session in (uuid4().hex, "x" * 32):
        assert (await gallery.get("mediator", gallery.path(ident, session))).status == 404


async def test_reviewed_with_a_purpose_by_whom_the_table_lets(gallery: Gallery) -> None:
    ident = await gallery.give("王建国", caption="收条")
    await gallery.over()
    session = gallery.lobby.session
    detail = await (await gallery.get("admin", f"/api/sessions/{session}")).json()
    (told,) = detail["photos"]
    assert (told["id"], told["name"], told["caption"]) == (ident, "王建国", "收条")
    opened = await gallery.post("admin", f"/api/sessions/{session}/viewings", {"purpose": "复核"})
    assert opened.status == 201
    answer = await opened.json()
    viewing = answer["viewing"]
    assert answer["timeline"] is None, "nothing was recorded, and the photos open all the same"
    for end in ("", "/small"):
        path = f"/api/viewings/{viewing}/photos/{ident}{end}"
        found = await gallery.get("admin", path)
        assert (found.status, found.headers["Cache-Control"]) == (200, "no-store")
        for name in ("mediator", "lawyer", "王建国", "second"):
            assert (await gallery.get(name, path)).status == 403
    other = f"/api/viewings/{uuid4().hex}/photos/{ident}"
    assert (await gallery.get("admin", other)).status == 404
    gallery.lobby.desk.clock.forward(hours=5)
    assert (await gallery.get("admin", path)).status == 403
