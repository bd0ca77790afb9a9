"""The integrity value at the terminal, and the page where whoever holds one checks it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import update

from recordings import manifest
from server.storage.engine import Database
from server.storage.schema import Session
from signaling.events import EventType
from signaling.rights import Role
from signaling.session import SessionState
from tests.server.proof.recorded import BEGIN, Talks
from tests.server.review.archive import Archive
from tests.server.review.site import ReviewSite, principal, review_site


@dataclass
class Place:
    site: ReviewSite
    talks: Talks
    session: str

    async def value(self, who: str = "mediator") -> tuple[int, dict[str, object]]:
        path = f"/api/terminal/sessions/{self.session}/integrity"
        answer = await self.site.get(path, who)
        return answer.status, await answer.json()

    async def check(self, typed: str) -> str:
        answer = await self.site.get(f"/check?value={typed}", "nobody")
        assert answer.status == 200
        return await answer.text()


@pytest.fixture
async def place(migrated: Database, tmp_path: Path) -> AsyncIterator[Place]:
    archive = Archive(migrated)
    await archive.fill()
    talks = Talks(archive, tmp_path / "recordings")
    mediator = replace(principal(archive.mediator, Role.MEDIATOR), station_id=archive.stations[0])
    people = {
        "mediator": mediator,
        "elsewhere": replace(mediator, station_id=archive.stations[1]),
        "lawyer": principal(archive.lawyers[0], Role.LAWYER),
        "admin": principal(archive.admin, Role.ADMIN),
    }
    async with review_site(migrated, talks.root, people) as site:
        yield Place(site, talks, await talks.talk())


async def test_the_value_its_code_and_the_check(place: Place) -> None:
    folder = place.talks.root / place.session
    status, told = await place.value()
    sha256 = manifest.integrity(folder)
    assert (status, told["integrity"]) == (200, sha256)
    assert sha256 == "".join(told["groups"])  # type: ignore[arg-type]
    assert str(told["check"]).endswith(f"/check?value={sha256}")
    code = await place.site.get(f"/api/terminal/sessions/{place.session}/integrity.svg", "mediator")
    assert (code.status, code.content_type) == (200, "image/svg+xml")
    assert code.headers["Cache-Control"] == "no-store"
    page = await place.check(str(sha256))
    assert "本系统有这个校验值" in page
    assert "本系统有这个校验值" in await place.check("+".join(told["groups"]).upper())  # type: ignore[arg-type]
    # Nothing about the talk is told to whoever holds a value.
    for private in ("20261123", "王调解员", "陈律师", place.session):
        assert private not in page


async def test_a_value_that_was_given_stays_good(place: Place) -> None:
    _, before = await place.value()
    await place.talks.archive.event(place.session, 9, EventType.ADVICE_CORRECTED, BEGIN)
    await place.talks.archive.touch(place.session)
    await place.talks.keep()
    _, after = await place.value()
    assert after["integrity"] != before["integrity"]
    for told in (before, after):
        assert "本系统有这个校验值" in await place.check(str(told["integrity"]))


async def test_other_values_and_what_is_none(place: Place) -> None:
    assert "本系统没有这个校验值" in await place.check("0" * 64)
    for typed in ("x", "0" * 63, "g" * 64, "0" * 5000, "%00", "'--"):
        assert "这不是校验值" in await place.check(typed)
    answer = await place.site.get("/check", "nobody")
    assert answer.status == 200


async def test_not_sealed_yet(place: Place) -> None:
    place.session = await place.talks.talk(written=False)
    assert await place.value() == (200, {"integrity": None})
    path = f"/api/terminal/sessions/{place.session}/integrity.svg"
    assert (await place.site.get(path, "mediator")).status == 409


async def test_whose_it_is_not(place: Place) -> None:
    assert (await place.value("elsewhere"))[0] == 404
    assert (await place.value("lawyer"))[0] == 403
    assert (await place.value("admin"))[0] == 403
    assert (await place.value("nobody"))[0] == 401
    async with place.talks.archive.db.write() as db:
        await db.execute(update(Session).values(state=SessionState.LIVE))
    assert (await place.value())[0] == 404
    place.session = "0" * 32
    assert (await place.value())[0] == 404
