"""A photo that was given by mistake: who takes it back, what is left of it, and where."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from recordings import bundle, facts, photos
from recordings.erasure import erase
from recordings.journal import read
from recordings.records import Fact
from server.evidence.statements import statements_of
from tests.server.photos.gallery import Gallery
from tests.server.photos.pictures import photo
from tests.server.photos.test_seeing import INSIDE, NOBODY, who_sees


async def take_back(gallery: Gallery, who: str, ident: str, words: str = "") -> str:
    """What the service says: empty when it is done."""
    path = f"{gallery.path(ident)}/taken-back"
    response = await gallery.post(who, path, {"words": words})
    return "" if response.status == 200 else str((await response.json())["code"])


@pytest.mark.parametrize("who", ["王建国", "mediator"])
async def test_what_nobody_was_shown_is_destroyed(gallery: Gallery, who: str) -> None:
    other = await gallery.give("李秀英", photo(size=(500, 300)))
    kept = gallery.files()
    ident = await gallery.give("王建国")
    await gallery.keep()
    assert len(gallery.vault.idents(gallery.lobby.session)) == 2
    for _ in range(2):
        assert await take_back(gallery, who, ident) == ""
    assert gallery.files() == kept
    assert len(gallery.vault.idents(gallery.lobby.session)) == 1
    assert await who_sees(gallery, ident) == set()
    assert await who_sees(gallery, other) == {"mediator", "lawyer", "李秀英"}
    assert await gallery.lobby.refused("mediator", "photo.show", photo=ident) == "not_found"
    log = await gallery.lobby.desk.log(gallery.lobby.session)
    told = [one for one in log if one.type == "photo.taken_back"]
    assert [one.actor_id for one in told] == [gallery.lobby.desk.people[who].account_id]


async def test_nobody_else_takes_it_back(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    for who in ("lawyer", "李秀英", *NOBODY):
        assert await take_back(gallery, who, ident) in ("not_found", "not_allowed")
    assert await take_back(gallery, "mediator", uuid4().hex) == "not_found"
    assert await who_sees(gallery, ident) == {"mediator", "lawyer", "王建国"}
    await gallery.lobby.send("mediator", "session.hang_up")
    assert await take_back(gallery, "mediator", ident) == "conflict"
    assert len(gallery.files()) == 2


async def test_what_everybody_has_seen_is_only_put_away(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    await gallery.lobby.send("mediator", "photo.show", photo=ident)
    assert await take_back(gallery, "王建国", ident, "拍错了") == "photo_shown"
    assert await take_back(gallery, "mediator", ident) == "say_why"
    assert await who_sees(gallery, ident) == set(INSIDE)
    assert await take_back(gallery, "mediator", ident, "照到了孩子") == ""
    assert await who_sees(gallery, ident) == {"mediator"}
    (shown,) = (await gallery.lobby.room("mediator"))["photos"]
    assert (shown["shown"], shown["away"]) == (False, True)
    assert await gallery.lobby.refused("mediator", "photo.show", photo=ident) == "not_found"
    log = await gallery.lobby.desk.log(gallery.lobby.session)
    assert log[-1].type == "photo.put_away"
    assert log[-1].body["reason"] == "照到了孩子"
    assert len(gallery.files()) == 2
    await gallery.over()
    assert await gallery.problems() == []


@pytest.mark.parametrize("chained", [False, True])
async def test_the_chain_says_that_it_was_given_and_taken_back(
    gallery: Gallery, chained: bool, tmp_path: Path
) -> None:
    """Whether or not it was in the chain before it was taken back."""
    ident = await gallery.give("王建国")
    kept = await gallery.give("李秀英")
    if chained:
        await gallery.keep()
    await take_back(gallery, "王建国", ident)
    await gallery.over()
    assert await gallery.problems() == []
    rows = [row for row in read(gallery.folder / facts.NAME) if isinstance(row, Fact)]
    named = [(row.kind, row.id) for row in rows if row.id == ident]
    assert named == [("photo", ident), ("photo_gone", ident)]
    detail = await (await gallery.get("admin", f"/api/sessions/{gallery.lobby.session}")).json()
    assert {one["id"]: one["destroyed"] for one in detail["photos"]} == {ident: True, kept: False}
    await _is_whole_in_bundle_and_backup(gallery, tmp_path)
    erase(gallery.folder, gallery.vault, gallery.key, gallery.lobby.desk.clock().timestamp(), {})
    assert await gallery.problems() == []


async def _is_whole_in_bundle_and_backup(gallery: Gallery, root: Path) -> None:
    async with gallery.lobby.desk.db.read() as db:
        statements = await statements_of(db, gallery.lobby.session)
    parts = bundle.parts(gallery.folder, "20261123-000001", statements, gallery.key, gallery.vault)
    bundle.write_folder(root / "bundle", parts)
    assert len(list((root / "bundle").glob("recording/*/photos/*"))) == 2
    folder = gallery.back_up(root / "backup").recordings / gallery.lobby.session
    assert len(list(folder.glob("photos/*"))) == 2
    assert await gallery.problems(folder) == []


async def test_a_backup_from_before_forgets_it_as_well(gallery: Gallery, tmp_path: Path) -> None:
    """Its key too, also in a set of keys that was brought up to date before and after."""
    ident, session = await gallery.give("王建国"), gallery.lobby.session
    await gallery.give("李秀英")
    await gallery.keep()
    there = gallery.back_up(tmp_path / "backup")
    earlier = shutil.copytree(there.keys, tmp_path / "earlier")
    await take_back(gallery, "王建国", ident)
    gallery.back_up(tmp_path / "backup")
    # Until the chain says so, it is a file that is missing, and maybe lost.
    assert len(list((there.recordings / session).glob("photos/*"))) == 4
    await gallery.keep()
    gallery.back_up(tmp_path / "backup")
    assert len(list((there.recordings / session).glob("photos/*"))) == 2
    assert len(list(there.keys.glob(f"sessions/{session}/*"))) == 1
    shutil.rmtree(there.keys)
    earlier.rename(there.keys)
    gallery.back_up(tmp_path / "backup")
    assert len(list(there.keys.glob(f"sessions/{session}/*"))) == 1


async def test_another_photo_that_is_missing_is_still_named(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    other = await gallery.give("李秀英")
    await take_back(gallery, "王建国", ident)
    await gallery.over()
    lost = gallery.root / gallery.lobby.session / (await gallery.row(other)).files[0]["file"]
    lost.unlink()
    assert await gallery.problems() == [f"photos/{lost.name}: is missing"]


async def test_what_a_crash_left_of_it_goes_before_the_seal(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refused at that moment: no page shows it any more, and the keeper ends it."""
    ident = await gallery.give("王建国")
    await gallery.keep()

    def refuses(*_: object) -> None:
        raise OSError

    real: Callable[..., None] = photos.destroy
    monkeypatch.setattr(photos, "destroy", refuses)
    assert await take_back(gallery, "王建国", ident) == ""
    assert await who_sees(gallery, ident) == set()
    assert len(gallery.files()) == 2
    monkeypatch.setattr(photos, "destroy", real)
    await gallery.over()
    assert gallery.files() == []
    assert await asyncio.to_thread(gallery.vault.idents, gallery.lobby.session) == []
    assert await gallery.problems() == []
