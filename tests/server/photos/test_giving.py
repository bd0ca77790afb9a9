"""Giving a photo: what is taken, what is kept of it, and what is refused, over HTTP."""

import asyncio
import hashlib
from typing import Any
from uuid import uuid4

import pytest
from PIL import ExifTags

from recordings.media_file import open_media, read_all
from server.photos import rule
from tests.server.photos import pictures
from tests.server.photos.gallery import Gallery
from tests.server.photos.pictures import MAKER, PLACE, opened, photo
from tests.signaling.document import PROTOCOL, first_cells, sections


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_of_what_arrived_pixels_are_kept_and_nothing_else(
    gallery: Gallery, kind: str
) -> None:
    sent = photo(kind)
    assert b"SecretPhone" in sent
    ident = await gallery.give("王建国", sent)
    row = await gallery.row(ident)
    found = await gallery.get("王建国", gallery.path(ident))
    data = await found.read()
    assert row.arrived_sha256 == hashlib.sha256(sent).hexdigest()
    assert row.sha256 == hashlib.sha256(data).hexdigest()
    kept = opened(data)
    assert (kept.format, kept.size, row.width, row.height) == ("JPEG", (600, 400), 600, 400)
    assert not kept.getexif()
    assert MAKER.encode() not in data
    assert not row.place_kept
    assert found.headers["Cache-Control"] == "no-store"
    assert found.content_type == "image/jpeg"
    small = opened(await (await gallery.get("王建国", f"{gallery.path(ident)}/small")).read())
    assert small.size == (320, 213)


async def test_the_place_stays_where_that_is_wanted_and_alone(gallery: Gallery) -> None:
    ident = await gallery.give("王建国", photo(), place="keep")
    data = await (await gallery.get("mediator", gallery.path(ident))).read()
    assert opened(data).getexif().get_ifd(ExifTags.IFD.GPSInfo) == PLACE
    assert MAKER.encode() not in data
    assert (await gallery.row(ident)).place_kept
    assert (await gallery.lobby.room("mediator"))["photos"][0]["place"] is True
    small = await (await gallery.get("mediator", f"{gallery.path(ident)}/small")).read()
    assert not opened(small).getexif()


async def test_it_is_kept_as_it_is_to_be_held(gallery: Gallery) -> None:
    """Turned a quarter by the phone: red, at the left of what the sensor saw, is on top."""
    ident = await gallery.give("王建国", photo(orientation=6))
    kept = opened(await (await gallery.get("王建国", gallery.path(ident))).read())
    assert kept.size == (400, 600)
    top, bottom = (kept.convert("RGB").getpixel((200, y)) for y in (50, 550))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 50 > top[2]
    assert bottom[2] > 200 > 50 > bottom[0]


async def test_it_lies_encrypted(gallery: Gallery) -> None:
    ident = await gallery.give("王建国")
    row = await gallery.row(ident)
    for path in gallery.files():
        assert path.read_bytes()[:8] == b"YTMEDIA1"
        assert read_all(open_media(path, gallery.vault))[:2] == b"\xff\xd8"
    assert len(gallery.files()) == 2
    assert {one["file"] for one in row.files} == {f"photos/{one.name}" for one in gallery.files()}


async def test_another_picture_in_its_place_is_not_shown(gallery: Gallery) -> None:
    """Who can write the folder needs no key to lay one there in the open."""
    ident = await gallery.give("王建国")
    for path in gallery.files():
        path.write_bytes(photo(size=(300, 200)))
    for address in (gallery.path(ident), f"{gallery.path(ident)}/small"):
        answer = await gallery.get("王建国", address)
        assert (answer.status, (await answer.json())["code"]) == (422, "photo_missing"), address


async def test_the_log_and_the_others_hear_of_it(gallery: Gallery) -> None:
    told = len(gallery.lobby.desk.told)
    ident = await gallery.give("王建国", caption="  欠条原件  ")
    assert gallery.lobby.desk.told[told:] == [frozenset({gallery.lobby.session})]
    assert (await gallery.lobby.desk.log_types(gallery.lobby.session))[-1] == "photo.given"
    (shown,) = (await gallery.lobby.room("lawyer"))["photos"]
    assert shown.keys() == set(first_cells(sections(PROTOCOL)["Photo"]))
    assert (shown["id"], shown["name"], shown["caption"]) == (ident, "王建国", "欠条原件")


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": (b"", "photo_empty"),
    "cut off": (photo(size=(2000, 1500))[:9000], "photo_unreadable"),
    "a head alone": (photo()[:30], "photo_kind"),
    "a bomb": (pictures.bomb(60_000, 60_000), "photo_too_many_pixels"),
    "a bomb within the bound": (pictures.bomb(7_000, 7_000), "photo_unreadable"),
    "a gif": (pictures.gif(), "photo_kind"),
    "an svg": (pictures.SVG, "photo_kind"),
    "a page": (pictures.HTML, "photo_kind"),
    "heic": (pictures.HEIC, "photo_heic"),
    "too large": (b"\xff\xd8" + b"\0" * rule.MOST_BYTES, "photo_too_large"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_photo_is_refused_with_a_sentence(gallery: Gallery, what: str) -> None:
    data, code = REFUSED[what]
    assert await gallery.refused("王建国", data) == code


async def test_a_body_without_an_end_is_cut_off(gallery: Gallery) -> None:
    async def endless() -> Any:
        for _ in range(rule.MOST_BYTES // 65_536 + 2):
            yield b"\xff" * 65_536

    assert await gallery.refused("王建国", endless()) == "photo_too_large"


@pytest.mark.parametrize("caption", ["字" * (rule.MOST_CAPTION + 1), "a\x00b", "\ud800"])
async def test_words_are_bounded(gallery: Gallery, caption: str) -> None:
    assert await gallery.refused("王建国", photo(), caption=caption) == "caption_too_long"


async def test_sent_twice_it_is_kept_once(gallery: Gallery) -> None:
    ident, data = uuid4().hex, photo()
    for _ in range(2):
        assert (await gallery.put("王建国", data, ident)).status == 201
    assert len(gallery.files()) == 2
    before = (await gallery.row(ident)).files
    assert (await gallery.put("李秀英", data, ident)).status == 409
    assert (await gallery.row(ident)).files == before
    assert await gallery.sees("王建国") == [ident]


async def test_one_at_a_time_of_each_person(gallery: Gallery) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> Any:
        data = photo()
        yield data[:100]
        begun.set()
        await go_on.wait()
        yield data[100:]

    first = asyncio.create_task(gallery.put("王建国", slowly()))
    await begun.wait()
    while (second := await gallery.put("王建国", photo(), caption="另一张")).status == 201:
        pass  # the first one's head has not been read yet
    assert (await second.json())["code"] == "photo_on_the_way"
    assert (await gallery.put("李秀英", photo())).status == 201
    go_on.set()
    assert (await first).status == 201


async def test_enough_is_enough(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "MOST_OF_ONE", 1)
    monkeypatch.setattr(rule, "MOST_OF_SESSION", 2)
    await gallery.give("王建国")
    assert await gallery.refused("王建国", photo()) == "too_many_photos"
    await gallery.give("mediator")
    assert await gallery.refused("李秀英", photo()) == "too_many_photos"


async def test_a_disk_that_refuses_is_told(gallery: Gallery) -> None:
    gallery.folder.mkdir(parents=True)
    (gallery.folder / "photos").write_bytes(b"no folder")
    response = await gallery.put("王建国", photo())
    assert (response.status, (await response.json())["code"]) == (422, "photo_not_kept")
    assert await gallery.sees("mediator") == []
