"""The archive against a real S3 server: stored, read back, removed here, brought back, locked."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from recordings import bundle
from recordings.checked import Checked
from recordings.erasure import erased
from recordings.media_file import Unreadable
from recordings.verify import Witness, verify
from server.archive import Archiver, Library, StoreFailed, stream
from server.archive.archiver import RETRY, TOLD_AFTER
from server.archive.store import Store, StoreSettings
from server.evidence.command import write_bundle
from server.proof import Prover
from server.review.media import Opened
from server.settings import load
from server.storage.schema import ArchiveFile, Segment, Task
from signaling.events import EventType
from tests.server.apart.kept import files, talk_apart
from tests.server.proof.recorded import BEGIN
from tests.server.retention.conftest import Keep, small_keep
from tests.support.object_store import ObjectStore, object_store
from tests.support.ports import free_port
from tests.support.tamper import bent

__all__ = ["small_keep"]

WEEK = timedelta(days=7)
WHY = {"reason": "保管期满"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("store")) as running:
        yield running


@dataclass
class Archive:
    """A recorded talk, and a bucket for it."""

    keep: Keep
    store: ObjectStore
    settings: StoreSettings
    session: str = ""

    @property
    def bucket(self) -> str:
        return self.settings.url.split("/")[2]

    @property
    def folder(self) -> Path:
        return self.keep.talks.root / self.session

    def library(self) -> Library:
        talks = self.keep.talks
        return Library(talks.archive.db, talks.root, Store(self.settings), lambda: talks.now)

    def archiver(self, *, lock: bool = False, keep: timedelta | None = None) -> Archiver:
        return Archiver(self.library(), self.keep.talks.key.public, lock, keep)

    def objects(self) -> dict[str, bytes]:
        prefix = f"{self.session}/"
        found = self.store.objects(self.bucket)
        return {key.removeprefix(prefix): content for key, content in found.items()}

    def local(self) -> dict[str, bytes]:
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}

    def media(self) -> list[str]:
        return sorted(name for name in self.local() if "/" in name)

    async def hash_of(self, file: str) -> str:
        """The hash of the media in a segment, as the journal has it."""
        async with self.keep.talks.archive.db.read() as db:
            return (await db.scalars(select(Segment).where(Segment.file == file))).one().sha256

    async def tasks(self) -> set[str]:
        async with self.keep.talks.archive.db.read() as db:
            rows = await db.scalars(select(Task).where(Task.done_at.is_(None)))
            return {one.kind for one in rows}

    async def rows(self) -> list[ArchiveFile]:
        async with self.keep.talks.archive.db.read() as db:
            return list((await db.scalars(select(ArchiveFile))).all())

    async def state(self) -> str:
        """How the session is proven, the archive included."""
        talks = self.keep.talks
        talks.now += timedelta(days=40)
        nights = talks.nights()
        nights._prover = Prover(talks.archive.db, talks.root, talks.key.public, self.library())
        await nights.prove_nightly()
        return await talks.state(self.session)


@pytest.fixture
async def archive(small_keep: Keep, store: ObjectStore) -> Archive:
    settings = store.bucket(uuid4().hex)
    return Archive(small_keep, store, settings, await small_keep.talks.talk())


async def test_what_is_sealed_is_stored_as_it_lies_and_once(archive: Archive) -> None:
    await archive.archiver().archive_all()
    assert archive.objects() == archive.local()
    assert len(archive.media()) == 2
    assert sorted(row.file for row in await archive.rows()) == archive.media()
    archive.store.put(archive.bucket, f"{archive.session}/journal.jsonl", b"")
    await archive.archiver().archive_all()  # nothing has changed: nothing is stored again
    assert archive.objects()["journal.jsonl"] == b""


async def test_a_later_correction_is_stored_when_it_is_signed(archive: Archive) -> None:
    talks = archive.keep.talks
    await archive.archiver().archive_all()
    before = archive.objects()["manifest.jsonl"]
    await talks.archive.event(archive.session, 9, EventType.ADVICE_CORRECTED, BEGIN)
    await talks.archive.touch(archive.session)
    await archive.archiver().archive_all()
    assert archive.objects()["manifest.jsonl"] == before  # not signed yet
    await talks.keep()
    talks.now += RETRY
    await archive.archiver().archive_all()
    assert archive.objects() == archive.local()
    assert archive.objects()["manifest.jsonl"] != before


async def test_what_goes_on_or_has_just_ended_is_left_alone(archive: Archive) -> None:
    archive.keep.talks.now -= timedelta(minutes=55)
    await archive.archiver().archive_all()
    assert archive.objects() == {}


async def test_what_was_changed_is_not_archived(archive: Archive) -> None:
    segment = archive.keep.talks.segment(archive.session)
    segment.write_bytes(bent(segment.read_bytes()))
    await archive.archiver().archive_all()
    assert archive.objects() == {}


async def test_a_store_that_is_away_is_tried_again_and_told(archive: Archive) -> None:
    there = archive.settings
    archive.settings = replace(there, endpoint=f"http://127.0.0.1:{free_port()}")
    for attempt in range(TOLD_AFTER):
        assert await archive.tasks() == set(), attempt
        await archive.archiver().archive_all()
        archive.keep.talks.now += RETRY * 2**attempt
    assert await archive.tasks() == {"archive_failed"}
    archive.settings = there
    await archive.archiver().archive_all()
    assert archive.objects() == archive.local()
    assert await archive.tasks() == set()


async def test_a_store_that_gives_back_something_else_is_found(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Store.put
    stored: list[str] = []

    async def put(self: Store, name: str, content: Path | bytes) -> str:
        version = await real(self, name, content)
        stored.append(name.partition("/")[2])
        if len(stored) == 2:
            archive.store.put(archive.bucket, name, b"rotten")
        return version

    monkeypatch.setattr(Store, "put", put)
    await archive.archiver().archive_all()
    assert set(stored) <= set(archive.media())
    assert [row.file for row in await archive.rows()] == stored[:1]
    monkeypatch.undo()
    archive.keep.talks.now += RETRY
    await archive.archiver().archive_all()
    assert archive.objects() == archive.local()


async def test_local_copies_go_after_a_look_and_are_watched_from_there(
    archive: Archive,
) -> None:
    media, before = archive.media(), archive.local()
    archiver = archive.archiver(keep=WEEK)
    await archiver.archive_all()
    await archiver.remove_local()
    assert archive.media() == media  # not before its time
    archive.store.put(archive.bucket, f"{archive.session}/{media[0]}", b"rotten")
    archive.keep.talks.now += WEEK
    await archiver.remove_local()
    assert archive.media() == media[:1]  # what does not read back stays here
    assert await archive.tasks() == {"archive_failed"}
    assert await archive.state() == "whole"
    status, shown = await played(archive, media[1])
    assert (status, hashlib.sha256(shown).hexdigest()) == (200, await archive.hash_of(media[1]))
    assert archive.media() == media[:1]  # watched, and kept nowhere
    await archive.library().bring(archive.session)
    assert archive.local() == before
    archive.keep.talks.now += WEEK
    await archiver.remove_local()
    archive.store.put(archive.bucket, f"{archive.session}/{media[1]}", b"rotten")
    assert await archive.state() == "broken"
    assert (await played(archive, media[1]))[0] == 404
    with pytest.raises(StoreFailed):
        await archive.library().bring(archive.session)
    assert not list((archive.keep.talks.root / ".arriving").iterdir())


async def test_a_player_begins_with_the_first_piece_and_the_last_is_given_if_all_is_right(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "FIRST", 4096)
    await archive.archiver().archive_all()
    file = archive.media()[0]
    whole = (archive.folder / file).read_bytes()
    source = await archive.library().source(archive.session, file)
    assert source is not None
    asked: list[int] = []
    real = Store.read_range

    def read_range(self: Store, name: str, start: int, end: int) -> bytes:
        asked.append(end)
        return real(self, name, start, end)

    monkeypatch.setattr(Store, "read_range", read_range)
    async with archive.keep.talks.archive.db.read() as db:
        row = (await db.scalars(select(Segment).where(Segment.file == file))).one()
    changed: list[Segment] = []

    async def note(segment: Segment) -> None:
        changed.append(segment)

    opened = Opened(Path("none"), row, archive.keep.talks.vault, source, Checked(), note)
    media = await opened.playable()
    chunks = media.read()
    next(chunks)
    assert asked[-1] < len(whole) / 2
    first, *rest = [len(chunk) for chunk in chunks]
    assert first
    assert rest
    assert asked[-1] == len(whole)
    assert len(asked) < 10
    archive.store.put(archive.bucket, f"{archive.session}/{file}", bent(whole))
    source = await archive.library().source(archive.session, file)
    assert source is not None
    chunks = (await replace(opened, source=source).playable()).read()
    with pytest.raises((OSError, Unreadable)):
        list(chunks)
    assert changed == []


async def test_a_bundle_of_what_is_only_in_the_archive(archive: Archive, tmp_path: Path) -> None:
    archiver = archive.archiver(keep=WEEK)
    await archiver.archive_all()
    archive.keep.talks.now += WEEK
    await archiver.remove_local()
    assert archive.media() == []
    talks = archive.keep.talks
    url = talks.archive.db.engine.url.render_as_string(hide_password=False)
    settings = load({"YUNTIAO_DATA": str(talks.root.parent), "YUNTIAO_DATABASE_URL": url})
    out = tmp_path / "out"
    library = archive.library()
    there = archive.settings
    archive.settings = replace(there, endpoint=f"http://127.0.0.1:{free_port()}")
    away = archive.library().bring
    assert await write_bundle(settings, archive.session, out, lambda _: away) == 1
    archive.settings = there
    assert await write_bundle(settings, archive.session, out, lambda _: library.bring) == 0
    folder = bundle.session_in(out)
    assert folder is not None
    assert verify(folder, witness=Witness(talks.key.public)) == []


async def played(archive: Archive, file: str) -> tuple[int, bytes]:
    """What a player gets that asks for a segment."""
    site = archive.keep.site
    site.elsewhere = archive.library().source
    path = f"/api/sessions/{archive.session}/viewings"
    viewing = (await (await site.post(path, {"purpose": "复核"})).json())["viewing"]
    async with archive.keep.talks.archive.db.read() as db:
        segment = (await db.scalars(select(Segment).where(Segment.file == file))).one()
    answer = await site.get(f"/api/viewings/{viewing}/segments/{segment.id}")
    return answer.status, await answer.read()


async def test_a_lock_where_the_store_has_one_and_no_archive_where_it_has_none(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await archive.archiver(lock=True).archive_all()
    assert await archive.rows() == []
    assert await archive.tasks() == {"archive_failed"}
    archive.settings = archive.store.bucket(uuid4().hex, locked=True)
    real = Store.put

    async def put(self: Store, name: str, content: Path | bytes) -> str:
        version = await real(self, name, content)
        archive.store.lock(archive.bucket, name)
        return version

    monkeypatch.setattr(Store, "put", put)
    archive.keep.talks.now += RETRY
    await archive.archiver(lock=True).archive_all()
    assert archive.objects() == archive.local()
    assert all(row.version for row in await archive.rows())
    assert await archive.tasks() == set()


async def test_what_is_destroyed_here_goes_there_too(archive: Archive) -> None:
    await archive.archiver().archive_all()
    own = f"/api/sessions/{archive.session}/deletion"
    assert await archive.keep.code(own, WHY) == ""
    assert await archive.keep.code(f"{own}/confirm", who="second") == ""
    await archive.keep.jobs().erase_confirmed()
    assert erased(archive.folder) is not None
    await archive.archiver().forget_erased()
    assert archive.objects() == archive.local()  # chains and certificate
    assert archive.media() == []


async def test_a_talk_apart_lies_beside_its_session_there_as_here(
    small_keep: Keep, store: ObjectStore
) -> None:
    """Stored, removed, watched from there, brought back and destroyed with its session."""
    session, recording = await talk_apart(small_keep.talks)
    archive = Archive(small_keep, store, store.bucket(uuid4().hex), session)
    root = small_keep.talks.root

    def lies() -> dict[str, bytes]:
        both = [*files(root / session), *files(root / recording)]
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in both}

    before = lies()
    archiver = archive.archiver(keep=WEEK)
    await archiver.archive_all()
    assert store.objects(archive.bucket) == before
    assert {name.split("/")[0] for name in before} == {session, recording}
    small_keep.talks.now += WEEK
    await archiver.remove_local()
    assert not [name for name in lies() if name.endswith(".webm")]
    assert await archive.state() == "whole"
    media = next(name for name in before if name.startswith(recording) and name.endswith(".webm"))
    assert await archive.library().source(session, media) is not None
    await archive.library().bring(session)
    assert lies() == before
    own = f"/api/sessions/{session}/deletion"
    assert await small_keep.code(own, WHY) == ""
    assert await small_keep.code(f"{own}/confirm", who="second") == ""
    await small_keep.jobs().erase_confirmed()
    await archiver.forget_erased()
    assert store.objects(archive.bucket) == lies()
    assert not [name for name in lies() if name.endswith(".webm")]
