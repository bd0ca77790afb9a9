"""The seal on the session page: what it says, and that a change is named where it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from recordings import manifest
from recordings.keys import signing_key
from recordings.model import Codec, TrackKind
from server.storage.engine import Database
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from tests.recordings import media
from tests.recordings.desk import RATES, desk
from tests.server.review.archive import NOON, Archive
from tests.server.review.site import ReviewSite, principal, review_site
from tests.support.tamper import bent


@dataclass
class Place:
    site: ReviewSite
    archive: Archive
    session: str
    folder: Path

    def path(self, rest: str) -> str:
        return f"/api/sessions/{self.session}/{rest}"


@pytest.fixture
async def place(small: Database, tmp_path: Path) -> AsyncIterator[Place]:
    archive = Archive(small)
    await archive.fill()
    session = await archive.session(recording=RecordingState.CLOSED, recording_at=NOON)
    lawyer = await archive.participant(session, archive.lawyers[0], Role.LAWYER, 0)
    key = signing_key(tmp_path / "keys")
    with desk(tmp_path / "recordings", key=key) as it:
        recording = it.recorder.open_session(session)
        track = recording.track(lawyer, TrackKind.MICROPHONE, Codec.OPUS, RATES[Codec.OPUS])
        it.feed((track, media.packets(Codec.OPUS, media.tone(2))))
        recording.close("done")
        it.close()
    people = {role.value: principal(archive.mediator, role) for role in Role}
    people["admin"] = principal(archive.admin, Role.ADMIN)
    async with review_site(small, tmp_path / "recordings", people) as site:
        yield Place(site, archive, session, tmp_path / "recordings" / session)


async def test_the_seal_in_figures_and_as_a_code(place: Place) -> None:
    told = await (await place.site.get(place.path("seal"), "supervisor")).json()
    assert told["segments"] == 1
    assert told["integrity"] == manifest.integrity(place.folder)
    code = await place.site.get(place.path("integrity.svg"), "supervisor")
    assert (code.status, code.content_type) == (200, "image/svg+xml")


async def test_whole_and_then_changed_at_a_place(place: Place) -> None:
    answer = await (await place.site.post(place.path("verifications"), {})).json()
    assert (answer["count"], answer["problems"]) == (0, [])
    (segment,) = place.folder.glob("*/microphone-*.webm")
    segment.write_bytes(bent(segment.read_bytes()))
    answer = await (await place.site.post(place.path("verifications"), {})).json()
    where = segment.relative_to(place.folder).as_posix()
    named = {"where": where, "what": "was changed after it was sealed"}
    assert named in answer["problems"]
    log = (await (await place.site.get("/api/audit")).json())["items"]
    noted = [one["detail"]["problems"] for one in log if one["action"] == "recording_verified"]
    assert sorted(noted) == [0, answer["count"]]


async def test_what_goes_on_is_not_sealed(place: Place) -> None:
    place.session = await place.archive.session(state=SessionState.LIVE)
    answer = await place.site.post(place.path("verifications"), {})
    assert (answer.status, (await answer.json())["code"]) == (409, "not_sealed_yet")
    told = await (await place.site.get(place.path("seal"))).json()
    assert told == {"sealed_at": None, "segments": 0, "integrity": None}
    code = await place.site.get(place.path("integrity.svg"))
    assert code.status == 409


async def test_only_admins_verify(place: Place) -> None:
    for role in Role:
        if role is not Role.ADMIN:
            answer = await place.site.post(place.path("verifications"), {}, role.value)
            assert answer.status == 403
