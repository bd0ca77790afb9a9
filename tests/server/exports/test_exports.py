"""Exports from the request to the file: who may, what is noted, and what a crash costs."""

import hashlib
import subprocess
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import av
import pytest
from aiohttp import ClientResponse
from sqlalchemy import select

from recordings import bundle, manifest
from recordings.export_sources import SourceChanged
from recordings.journal import lines
from recordings.keys import signing_key
from recordings.model import Codec, TrackKind
from recordings.records import Segment
from recordings.verify import Witness, verify
from server.accounts.passwords import Passwords
from server.accounts.upkeep import Upkeep
from server.evidence.command import parts_of, write_bundle
from server.exports import Files, worker
from server.exports.service import NOTED_FOR
from server.exports.worker import KEPT, LEASE, MOST_ATTEMPTS, Exporter
from server.settings import load
from server.storage.engine import Database
from server.storage.schema import Export, Task
from signaling.recording import RecordingState
from signaling.rights import Role
from signaling.session import SessionState
from tests.recordings import media
from tests.recordings.desk import RATES, desk, vault_in
from tests.server.house import CHEAP
from tests.server.review.archive import NOON, Archive
from tests.server.review.site import ReviewSite, principal, review_site

SOMEBODY = "ab" * 16
PURPOSE = {"purpose": "法院调取"}


@dataclass
class Place:
    """A site, its archive with one recorded session, and a worker."""

    site: ReviewSite
    archive: Archive
    exporter: Exporter
    session: str

    async def request(self, who: str = "admin", kind: str = "video") -> ClientResponse:
        body = PURPOSE | {"kind": kind}
        return await self.site.post(f"/api/sessions/{self.session}/exports", body, who)

    async def items(self, who: str = "admin") -> list[dict[str, object]]:
        answer = await self.site.get(f"/api/sessions/{self.session}/exports", who)
        return list((await answer.json())["items"])


@pytest.fixture
async def place(migrated: Database, tmp_path: Path) -> AsyncIterator[Place]:
    async for made in open_place(migrated, tmp_path):
        yield made


@pytest.fixture
async def strict(small: Database, tmp_path: Path) -> AsyncIterator[Place]:
    """Where a second person has to approve."""
    async for made in open_place(small, tmp_path, approval=True):
        yield made


async def open_place(
    migrated: Database, tmp_path: Path, *, approval: bool = False
) -> AsyncIterator[Place]:
    archive = Archive(migrated)
    await archive.fill()
    people = {role.value: principal(archive.mediator, role) for role in Role}
    people["admin"] = principal(archive.admin, Role.ADMIN)
    folder = tmp_path / "exports"
    recordings = tmp_path / "recordings"
    settings = load(
        {
            "YUNTIAO_DATA": str(tmp_path),
            "YUNTIAO_DATABASE_URL": migrated.engine.url.render_as_string(False),
        }
    )
    async with review_site(migrated, recordings, people, folder, approval) as site:
        vault = vault_in(tmp_path / "keys")
        exporter = Exporter(
            migrated,
            Files(folder, recordings),
            lambda: site.now,
            vault=vault,
            bundle_parts=partial(parts_of, migrated, settings),
        )
        yield Place(site, archive, exporter, await recorded(archive, tmp_path))


async def recorded(archive: Archive, tmp_path: Path) -> str:
    """A session with two seconds of one tone, by the recorder itself."""
    session = await archive.session(recording=RecordingState.CLOSED, recording_at=NOON)
    lawyer = await archive.participant(session, archive.lawyers[0], Role.LAWYER, 0)
    with desk(tmp_path / "recordings", vault=vault_in(tmp_path / "keys")) as it:
        recording = it.recorder.open_session(session)
        track = recording.track(lawyer, TrackKind.MICROPHONE, Codec.OPUS, RATES[Codec.OPUS])
        it.feed((track, media.packets(Codec.OPUS, media.tone(2))))
        recording.close("done")
        it.close()
    await archive.segment(session, lawyer, track="microphone")
    return session


async def code_of(answer: ClientResponse) -> tuple[int, str]:
    return answer.status, (await answer.json())["code"]


async def test_from_the_request_to_the_file(place: Place) -> None:
    made = await (await place.request()).json()
    assert (made["state"], made["purpose"]) == ("waiting", "法院调取")
    await place.exporter.make_exports()
    (item,) = await place.items("supervisor")
    assert (item["state"], item["progress"]) == ("done", 1)
    answer = await place.site.get(f"/api/exports/{made['id']}/file")
    data = await answer.read()
    assert hashlib.sha256(data).hexdigest() == item["sha256"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    path = place.exporter.files.folder / f"{made['id']}.mp4"
    with av.open(path, "r") as file:
        assert float(file.duration or 0) / 1e6 == pytest.approx(2, abs=0.2)
    piece = await place.site.get(f"/api/exports/{made['id']}/file", headers={"Range": "bytes=4-7"})
    assert (piece.status, await piece.read()) == (206, b"ftyp")


async def test_who_wanted_it_and_who_fetched_it_is_noted(place: Place) -> None:
    made = await (await place.request()).json()
    await place.exporter.make_exports()
    for asked in ("bytes=0-9", "bytes=10-19"):
        path = f"/api/exports/{made['id']}/file"
        await place.site.get(path, headers={"Range": asked})
    log = (await (await place.site.get("/api/audit")).json())["items"]
    noted = [(one["action"], one["detail"]) for one in log if one["action"].startswith("export")]
    assert ("export_requested", {"export": made["id"], "purpose": "法院调取"}) in noted
    assert [action for action, _ in noted].count("export_fetched") == 1


async def fetched(place: Place) -> list[str]:
    log = (await (await place.site.get("/api/audit")).json())["items"]
    return [one["actor"]["id"] for one in log if one["action"] == "export_fetched"]


async def test_whoever_fetches_any_piece_is_noted(place: Place) -> None:
    other = await place.archive.account(Role.ADMIN)
    place.site.people["other"] = principal(other, Role.ADMIN)
    made = await (await place.request()).json()
    await place.exporter.make_exports()
    path = f"/api/exports/{made['id']}/file"
    for asked in ("bytes=1-", "bytes=-999999999999", "bytes=00-"):
        assert (await place.site.get(path, headers={"Range": asked})).status == 206
    assert await fetched(place) == [place.archive.admin]
    await place.site.get(path, "other", headers={"Range": "bytes=1-"})
    assert sorted(await fetched(place)) == sorted([place.archive.admin, other])
    place.site.now += NOTED_FOR
    await place.site.get(path)
    assert len(await fetched(place)) == 3


async def test_its_hash_is_kept_as_derived_from_the_originals(place: Place) -> None:
    made = await (await place.request()).json()
    await place.exporter.make_exports()
    async with place.archive.db.read() as db:
        row = await db.get_one(Export, made["id"])
    folder = place.exporter.files.recordings / row.session_id
    rows = list(lines(folder))
    originals = [one.record.sha256 for one in rows if isinstance(one.record, Segment)]
    assert row.derived_from == {"journal": rows[-1].sha256, "segments": originals}
    copy = place.exporter.files.folder / f"{made['id']}.mp4"
    assert row.sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert row.sha256 not in originals
    with av.open(copy, "r") as file:
        assert file.metadata["comment"].endswith(f"journal sha256 {rows[-1].sha256}")
    given = await (await place.request(kind="bundle")).json()
    await place.exporter.make_exports()
    async with place.archive.db.read() as db:
        row = await db.get_one(Export, given["id"])
    assert row.derived_from == {"integrity": manifest.integrity(folder)}


async def test_only_admins_act(place: Place) -> None:
    for role in Role:
        if role is not Role.ADMIN:
            assert (await place.request(role.value)).status == 403
            path = f"/api/exports/{SOMEBODY}/file"
            assert (await place.site.get(path, role.value)).status == 403
    assert await place.items() == []


async def test_one_at_a_time_of_a_session(place: Place) -> None:
    await place.request()
    assert await code_of(await place.request()) == (409, "export_under_way")


async def test_nothing_recorded_or_not_over(place: Place) -> None:
    place.session = await place.archive.session()
    assert await code_of(await place.request()) == (409, "nothing_to_export")
    place.session = await place.archive.session(state=SessionState.LIVE)
    assert await code_of(await place.request()) == (409, "nothing_to_export")
    place.session = SOMEBODY
    assert await code_of(await place.request()) == (404, "not_found")


async def test_a_file_is_gone_after_a_week(place: Place) -> None:
    made = await (await place.request()).json()
    path = f"/api/exports/{made['id']}/file"
    assert await code_of(await place.site.get(path)) == (404, "export_gone")
    await place.exporter.make_exports()
    place.site.now += KEPT
    assert await code_of(await place.site.get(path)) == (404, "export_gone")
    await place.exporter.forget_exports()
    assert list(place.exporter.files.folder.iterdir()) == []
    assert (await place.items())[0]["state"] == "expired"


async def test_a_stopped_worker_gives_it_back_and_a_dead_ones_is_taken_later(place: Place) -> None:
    await place.request()
    stopped = iter([False, True, True, True])
    place.exporter.stopping = lambda: next(stopped, True)
    await place.exporter.make_exports()
    (item,) = await place.items()
    assert item["state"] == "working"
    async with place.archive.db.write() as db:
        export = await db.get_one(Export, str(item["id"]))
        assert export.lease_until is None
        export.lease_until = place.site.now + LEASE  # as a worker that died leaves it
    place.exporter.stopping = lambda: False
    await place.exporter.make_exports()
    assert (await place.items())[0]["state"] == "working"
    place.site.now += LEASE + timedelta(seconds=1)
    await place.exporter.make_exports()
    assert (await place.items())[0]["state"] == "done"


async def test_a_changed_source_fails_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*_given: object) -> None:
        raise SourceChanged("p1/camera-000000.webm")

    monkeypatch.setattr(worker, "export", changed)
    await place.request()
    await place.exporter.make_exports()
    (item,) = await place.items()
    assert (item["state"], item["error"]) == ("failed", "source_changed")
    assert (await place.request()).status == 201


async def test_a_fault_of_ours_is_tried_again_some_times(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(worker, "export", broken)
    await place.request()
    for _ in range(MOST_ATTEMPTS):
        assert (await place.items())[0]["state"] != "failed"
        await place.exporter.make_exports()
        place.site.now += LEASE + timedelta(seconds=1)
    (item,) = await place.items()
    assert (item["state"], item["error"]) == ("failed", "internal")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB."""
    mount = tmp_path / "tiny"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount], check=True)
    try:
        yield mount
    finally:
        subprocess.run(["umount", "--lazy", mount], check=True)


@pytest.mark.parametrize("kind", ["video", "bundle"])
async def test_a_full_disk_ends_it_and_nothing_is_left(
    place: Place, tiny: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    files = place.exporter.files
    place.exporter.files = Files(tiny, files.recordings)
    # Somebody else takes what was free when it was looked at: the disk itself says no.
    monkeypatch.setattr(Files, "check_room", lambda _files, _wanted: None)
    (tiny / "ballast").write_bytes(bytes(240 * 1024))
    await place.request(kind=kind)
    await place.exporter.make_exports()
    (item,) = await place.items()
    assert (item["state"], item["error"]) == ("failed", "no_room")
    assert [one.name for one in tiny.iterdir()] == ["ballast"]


@pytest.mark.parametrize("kind", ["video", "bundle"])
async def test_recordings_come_first(place: Place, kind: str) -> None:
    files = place.exporter.files
    place.exporter.files = Files(files.folder, files.recordings, 1 << 60)
    await place.request(kind=kind)
    await place.exporter.make_exports()
    (item,) = await place.items()
    assert (item["state"], item["error"]) == ("failed", "no_room")
    assert list(files.folder.iterdir()) == []


async def test_room_is_looked_at_while_it_is_made(place: Place, tiny: Path) -> None:
    place.exporter.files = Files(tiny, place.exporter.files.recordings, reserve=32 * 1024)

    async def arrive(_session: str) -> None:
        (tiny / "ballast").write_bytes(bytes(228 * 1024))

    place.exporter.bring = arrive
    await place.request()
    await place.exporter.make_exports()
    (item,) = await place.items()
    assert (item["state"], item["error"]) == ("failed", "no_room")
    assert [one.name for one in tiny.iterdir()] == ["ballast"]


async def test_a_failed_attempt_leaves_nothing_in_the_open(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_source: Path, target: Path, *_given: object) -> None:
        target.with_suffix(".zip.part").write_bytes(b"plain")
        raise RuntimeError

    monkeypatch.setattr(worker, "make_bundle", broken)
    await place.request(kind="bundle")
    await place.exporter.make_exports()
    assert (await place.items())[0]["state"] == "working"
    assert list(place.exporter.files.folder.iterdir()) == []


async def test_what_belongs_to_no_living_copy_is_swept_away(place: Place) -> None:
    made = await (await place.request()).json()
    folder = place.exporter.files.folder
    (folder / f"{made['id']}.parts").mkdir(parents=True)
    (folder / f"{SOMEBODY}.parts").mkdir()
    (folder / f"{SOMEBODY}.zip.part").write_bytes(b"plain")
    (folder / "README.txt").write_text("whose?")
    await place.exporter.forget_exports()
    assert {one.name for one in folder.iterdir()} == {f"{made['id']}.parts", "README.txt"}


async def test_a_bundle_that_others_can_verify(place: Place, tmp_path: Path) -> None:
    made = await (await place.request(kind="bundle")).json()
    assert (await place.request()).status == 201  # a video of the same session goes beside it
    assert await code_of(await place.request(kind="bundle")) == (409, "export_under_way")
    await place.exporter.make_exports()
    (item,) = [one for one in await place.items() if one["id"] == made["id"]]
    assert (item["state"], item["kind"]) == ("done", "bundle")
    answer = await place.site.get(f"/api/exports/{made['id']}/file")
    assert answer.content_type == "application/zip"
    data = await answer.read()
    assert hashlib.sha256(data).hexdigest() == item["sha256"]
    (tmp_path / "out.zip").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(tmp_path / "out")
    folder = bundle.session_in(tmp_path / "out")
    assert folder is not None
    key = signing_key(tmp_path / "keys").public
    assert verify(folder, witness=Witness(key)) == []
    place.site.now += KEPT
    await place.exporter.forget_exports()
    assert list(place.exporter.files.folder.iterdir()) == []


async def test_a_changed_recording_has_no_bundle(place: Place) -> None:
    await place.request(kind="bundle")
    (journal,) = (place.exporter.files.recordings / place.session).glob("journal.jsonl")
    journal.write_bytes(journal.read_bytes().replace(b"opus", b"vp8", 1))
    await place.exporter.make_exports()
    (item,) = await place.items()
    assert (item["state"], item["error"]) == ("failed", "source_changed")


async def open_tasks(place: Place) -> list[tuple[str, str]]:
    async with place.archive.db.read() as db:
        rows = (await db.scalars(select(Task).where(Task.done_at.is_(None)))).all()
    return [(one.kind, one.subject) for one in rows]


async def test_where_the_policy_says_so_a_second_person_approves(strict: Place) -> None:
    made = await (await strict.request()).json()
    other = await (await strict.request(kind="bundle")).json()
    assert (made["state"], other["state"]) == ("asked", "asked")
    assert await open_tasks(strict) == [("export_approval", strict.session)]
    await strict.exporter.make_exports()
    assert {one["state"] for one in await strict.items()} == {"asked"}
    path = f"/api/exports/{made['id']}/decision"
    yes, no = {"approve": True}, {"approve": False}
    assert await code_of(await strict.site.post(path, yes)) == (403, "same_person")
    assert (await strict.site.post(path, yes, "supervisor")).status == 204
    assert await open_tasks(strict) != []  # the other one still waits
    assert await code_of(await strict.site.post(path, no, "supervisor")) == (
        409,
        "nothing_to_decide",
    )
    path = f"/api/exports/{other['id']}/decision"
    assert (await strict.site.post(path, no, "supervisor")).status == 204
    assert await open_tasks(strict) == []
    await strict.exporter.make_exports()
    states = {one["id"]: (one["state"], one["decided_by"]) for one in await strict.items()}
    assert states[made["id"]][0] == "done"
    assert states[other["id"]][0] == "refused"
    log = (await (await strict.site.get("/api/audit")).json())["items"]
    assert {"export_approved", "export_refused"} <= {one["action"] for one in log}


async def test_whoever_was_given_a_password_by_one_is_no_second_person(strict: Place) -> None:
    made = await (await strict.request()).json()
    path, yes = f"/api/exports/{made['id']}/decision", {"approve": True}
    upkeep = Upkeep(strict.archive.db, Passwords(CHEAP), lambda: strict.site.now)
    await upkeep.reset_password(strict.archive.admin, strict.site.people["supervisor"].account_id)
    assert await code_of(await strict.site.post(path, yes, "supervisor")) == (
        403,
        "not_independent",
    )
    strict.site.people["other"] = principal(await strict.archive.account(Role.ADMIN), Role.ADMIN)
    assert (await strict.site.post(path, yes, "other")).status == 204


async def test_who_decides(strict: Place) -> None:
    made = await (await strict.request()).json()
    path = f"/api/exports/{made['id']}/decision"
    for role in (Role.LAWYER, Role.MEDIATOR, Role.PARTY):
        assert await code_of(await strict.site.post(path, {"approve": True}, role.value)) == (
            403,
            "not_allowed",
        )
    unknown = f"/api/exports/{SOMEBODY}/decision"
    assert (await strict.site.post(unknown, {"approve": True}, "supervisor")).status == 404


async def test_the_command_points_to_the_second_person(
    strict: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load({"YUNTIAO_DATA": str(tmp_path), "YUNTIAO_EXPORT_APPROVAL": "required"})
    assert await write_bundle(settings, strict.session, tmp_path / "out") == 1
    assert "second person" in capsys.readouterr().err
