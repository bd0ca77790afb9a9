"""A photo as evidence: in the chain, in the bundle, in the backup and the archive, and erased."""

import asyncio
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from recordings import bundle, journal, photos
from recordings.erasure import erase
from recordings.records import StartMark
from server.evidence.statements import statements_of
from server.storage.schema import Photo
from tests.server.photos.gallery import Gallery
from tests.server.photos.pictures import photo
from tests.support.tamper import bent


@pytest.fixture
async def sealed(gallery: Gallery) -> Gallery:
    """Two photos given in a talk of which nothing was recorded, sealed after it."""
    await gallery.give("王建国", caption="欠条")
    await gallery.give("mediator", photo(size=(500, 300)), caption="现场")
    await gallery.over()
    return gallery


async def test_photos_alone_are_sealed_and_whole(sealed: Gallery) -> None:
    assert await sealed.problems() == []
    assert sealed.sealed()
    (row,) = journal.read(sealed.folder)
    assert row.as_json()["reason"] == photos.UNRECORDED


async def test_while_people_talk_the_chain_grows_and_nothing_is_signed(gallery: Gallery) -> None:
    await gallery.give("王建国")
    await gallery.keep()
    assert (gallery.folder / "facts.jsonl").read_text("utf-8").count('"photo"') == 1
    await gallery.give("王建国")
    await gallery.keep()
    assert (gallery.folder / "facts.jsonl").read_text("utf-8").count('"photo"') == 2
    assert not gallery.sealed()
    assert not (gallery.folder / journal.NAME).exists()


@pytest.mark.parametrize("done", ["flipped", "missing", "swapped", "added", "row changed"])
async def test_what_is_done_to_a_photo_is_named(sealed: Gallery, done: str) -> None:
    one, _, other, _ = sealed.files()
    if done == "flipped":
        data = bytearray(one.read_bytes())
        data[200] ^= 1
        one.write_bytes(data)
    elif done == "missing":
        one.unlink()
    elif done == "swapped":
        mine, theirs = one.read_bytes(), other.read_bytes()
        one.write_bytes(theirs)
        other.write_bytes(mine)
    elif done == "added":
        (one.parent / "another.jpg").write_bytes(photo())
    else:
        async with sealed.lobby.desk.db.write() as write:
            row = (await write.scalars(select(Photo))).first()
            assert row is not None
            row.caption = "别的话"
    found = await sealed.problems()
    wanted = {
        "flipped": [f"photos/{one.name}: was changed after it was sealed"],
        "missing": [f"photos/{one.name}: is missing"],
        "added": ["photos/another.jpg: is in no journal record"],
    }
    if done == "swapped":
        assert {line.partition(":")[0] for line in found} == {
            f"photos/{one.name}",
            f"photos/{other.name}",
        }
    elif done == "row changed":
        (line,) = found
        assert line.startswith("photo ")
        assert "was changed" in line
    else:
        assert found == wanted[done]


async def test_the_bundle_has_the_photos_and_its_verifier_finds_a_changed_one(
    sealed: Gallery, tmp_path: Path
) -> None:
    async with sealed.lobby.desk.db.read() as read:
        statements = await statements_of(read, sealed.lobby.session)
    parts = bundle.parts(sealed.folder, "20261123-000001", statements, sealed.key, sealed.vault)
    out = tmp_path / "bundle"
    bundle.write_folder(out, parts)
    shown = sorted(out.glob("recording/*/photos/*.jpg"))
    assert [path.read_bytes()[:2] for path in shown] == [b"\xff\xd8"] * 4
    assert "欠条" in (out / "statements" / "photo.json").read_text("utf-8")
    assert await _verified(out) == (0, "whole")
    shown[0].write_bytes(bent(shown[0].read_bytes()))
    code, said = await _verified(out)
    assert (code, shown[0].name in said) == (1, True)
    assert "was changed" in said


async def _verified(folder: Path) -> tuple[int, str]:
    """The bundle's own verifier, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "recordings",
        "verify",
        str(folder),
        cwd=folder / "verifier",
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    said = out.decode()
    return process.returncode or 0, "whole" if said.strip().endswith("whole") else said


async def test_a_backup_has_them_and_forgets_what_was_erased(
    sealed: Gallery, tmp_path: Path
) -> None:
    folder = sealed.back_up(tmp_path / "backup").recordings / sealed.lobby.session
    assert len(list(folder.glob("photos/*"))) == 4
    assert await sealed.problems(folder) == []
    at = sealed.lobby.desk.clock().timestamp()
    erase(sealed.folder, sealed.vault, sealed.key, at, {"deletion": "d"})
    assert sealed.files() == []
    assert sealed.vault.idents(sealed.lobby.session) == []
    assert await sealed.problems() == []
    there = sealed.back_up(tmp_path / "backup")
    assert not list(folder.glob("photos/*"))
    assert not list(there.keys.glob(f"sessions/{sealed.lobby.session}/*"))


async def test_a_backup_in_the_middle_of_a_talk_has_what_the_chain_names(
    gallery: Gallery, tmp_path: Path
) -> None:
    await gallery.give("王建国")
    await gallery.keep()
    there = gallery.back_up(tmp_path / "backup")
    assert len(list((there.recordings / gallery.lobby.session).glob("photos/*"))) == 2


async def test_what_a_crash_left_of_a_photo_goes_before_the_seal(gallery: Gallery) -> None:
    await gallery.give("王建国")
    photos.keep(gallery.folder, "f" * 32, (b"one", b"two"), gallery.vault)
    (gallery.folder / "photos" / ".torn.jpg.new").write_bytes(b"x")
    await gallery.over()
    assert await gallery.problems() == []
    assert len(gallery.files()) == 2


@pytest.mark.parametrize("over", [False, True])
async def test_a_photo_in_the_chain_outlives_its_row(gallery: Gallery, over: bool) -> None:
    """Somebody has removed it from the database, or the database is one of an earlier day."""
    ident = await gallery.give("王建国")
    await gallery.give("李秀英")
    await gallery.keep()
    kept = gallery.files()
    if over:
        await gallery.over()
    async with gallery.lobby.desk.db.write() as write:
        await write.delete(await write.get_one(Photo, ident))
    if over:
        await gallery.keep()
    else:
        await gallery.over()
    assert gallery.files() == kept
    (found,) = await gallery.problems()
    assert found.startswith(f"photo {ident}: is missing; line")


async def test_the_recording_goes_on_beside_them(gallery: Gallery) -> None:
    """A journal that the recorder has written is closed by the keeper as ever, photos or not."""
    await gallery.give("王建国")
    log = journal.Journal(gallery.folder)
    log.append(StartMark(at=1.0, reason="first"))
    log.flush()
    log.close()
    await gallery.over()
    assert await gallery.problems() == []
    reasons = [row.as_json().get("reason") for row in journal.read(gallery.folder)]
    assert reasons == ["first", "crash"]
