"""Seals are stamped by a real authority, whenever it answers; nothing waits for it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from recordings import manifest
from recordings.erasure import erase
from recordings.facts import FactKind, Statement, chain
from recordings.keys import signing_key
from recordings.manifest import seal
from recordings.model import Codec, TrackKind
from recordings.timestamp import certificates, stamp_path
from recordings.verify import Witness, verify
from server.evidence import Stamper, stamper
from server.storage.engine import Database
from server.storage.schema import Deletion
from signaling.recording import RecordingState
from tests.recordings import media
from tests.recordings.desk import RATES, SESSION, desk
from tests.server.apart.kept import talk_apart
from tests.server.proof.recorded import Talks
from tests.server.review.archive import NOON, Archive
from tests.support.authority import Authority, served


async def recorded(archive: Archive, root: Path, count: int) -> list[Path]:
    """So many sealed sessions."""
    key = signing_key(root / "keys")
    folders = []
    with desk(root / "recordings", key=key) as it:
        for _ in range(count):
            session = await archive.session(recording=RecordingState.CLOSED)
            recording = it.recorder.open_session(session)
            track = recording.track("p1", TrackKind.MICROPHONE, Codec.OPUS, RATES[Codec.OPUS])
            it.feed((track, media.packets(Codec.OPUS, media.tone(1))))
            recording.close("done")
            folders.append(root / "recordings" / session)
        it.close()
    shutil.rmtree(it.folder)  # the desk's own, which is in no database
    return folders


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa") / "ec", "ec")


async def test_every_seal_is_stamped_once(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    folders = await recorded(archive, tmp_path, 2)
    witness = Witness(authorities=certificates(authority.ca))
    with served(authority) as tsa:
        made = Stamper(archive.db, tmp_path / "recordings", tsa.url, lambda: NOON)
        for _ in range(3):
            await made.stamp_all()
        assert tsa.asked == 2
        assert [verify(folder, witness=witness) for folder in folders] == [[], []]
        chain(folders[0], [Statement(FactKind.EVENT, "9", 1.0, {"type": "later"})])
        seal(folders[0], signing_key(tmp_path / "keys"), 2.0)
        await made.stamp_all()
        assert tsa.asked == 3
    assert (folders[0] / "manifest-0002.tsr").exists()
    assert verify(folders[0], witness=witness) == []


def lacking(root: Path, authority: Authority) -> set[str]:
    """The recordings of which a signed line has no good stamp."""
    witness = Witness(authorities=certificates(authority.ca))
    return {
        folder.name
        for folder in root.iterdir()
        for number, _ in enumerate(manifest.read(folder), 1)
        if verify(folder, witness=witness) or not stamp_path(folder, number).exists()
    }


async def test_every_line_and_talks_apart_have_a_stamp_of_their_own(
    archive: Archive, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamper, "WALK", 0)
    talks = Talks(archive, tmp_path / "recordings")
    session, apart = await talk_apart(talks)
    shutil.rmtree(talks.root / SESSION)
    chain(talks.root / session, [Statement(FactKind.EVENT, "9", 1.0, {"type": "later"})])
    seal(talks.root / session, talks.key, 2.0)
    lines = [len(list(manifest.read(talks.root / name))) for name in (session, apart)]
    assert lines[0] > 1
    assert lacking(talks.root, authority) == {session, apart}
    with served(authority) as tsa:
        await Stamper(archive.db, talks.root, tsa.url, lambda: talks.now).stamp_all()
        assert tsa.asked == sum(lines)
    assert lacking(talks.root, authority) == set()


async def test_a_certificate_of_erasure_is_stamped_years_after_the_talk(
    archive: Archive, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamper, "WALK", 0)
    talks = Talks(archive, tmp_path / "recordings")
    session, apart = await talk_apart(talks)
    shutil.rmtree(talks.root / SESSION)
    talks.now += timedelta(days=3 * 365)
    with served(authority) as tsa:
        made = Stamper(archive.db, talks.root, tsa.url, lambda: talks.now)
        await made.stamp_all()
        assert tsa.asked == 0
        for name in (session, apart):
            erase(talks.root / name, talks.vault, talks.key, talks.now.timestamp(), {"reason": "x"})
        async with archive.db.write() as db:
            db.add(
                Deletion(
                    session_id=session,
                    state="erased",
                    reason="到期",
                    proposed_at=talks.now,
                    proposed_by_id=archive.admin,
                    erased_at=talks.now,
                )
            )
        await made.stamp_all()
    assert lacking(talks.root, authority) == set()


async def test_what_was_signed_at_any_time_is_found_by_the_walk_some_a_round(
    archive: Archive, tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamper, "AT_ONCE", 1)
    await recorded(archive, tmp_path, 3)
    now = NOON + timedelta(days=365)
    left = []
    with served(authority) as tsa:
        made = Stamper(archive.db, tmp_path / "recordings", tsa.url, lambda: now)
        for _ in range(6):
            await made.stamp_all()
            left.append(len(lacking(tmp_path / "recordings", authority)))
    assert left == [3, 2, 2, 1, 1, 0]


async def test_an_authority_that_fails_is_asked_again_later_and_more_seldom(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    (folder,) = await recorded(archive, tmp_path, 1)
    now = NOON
    with served(authority) as tsa:
        tsa.fails = True
        made = Stamper(archive.db, tmp_path / "recordings", tsa.url, lambda: now)
        asked = []
        for _ in range(8):
            await made.stamp_all()
            asked.append(tsa.asked)
            now += timedelta(seconds=61)
        assert asked == [1, 2, 2, 3, 3, 3, 3, 4]
        tsa.fails = False
        now += timedelta(hours=1)
        await made.stamp_all()
    assert verify(folder, witness=Witness(authorities=certificates(authority.ca))) == []


class Parrot(Authority):
    """Gives the same answer to everybody."""

    def __init__(self, authority: Authority) -> None:
        self.folder, self.ca, self._real = authority.folder, authority.ca, authority
        self._answer: bytes | None = None

    def answer(self, query: bytes) -> bytes:
        self._answer = self._answer or self._real.answer(query)
        return self._answer


async def test_an_answer_to_something_else_is_not_kept(
    archive: Archive, tmp_path: Path, authority: Authority
) -> None:
    folders = await recorded(archive, tmp_path, 2)
    now = NOON
    with served(Parrot(authority)) as tsa:
        made = Stamper(archive.db, tmp_path / "recordings", tsa.url, lambda: now)
        for _ in range(3):
            await made.stamp_all()
            now += timedelta(hours=2)
    assert sum((folder / "manifest-0001.tsr").exists() for folder in folders) == 1


async def test_nobody_listening_harms_nothing(archive: Archive, tmp_path: Path) -> None:
    (folder,) = await recorded(archive, tmp_path, 1)
    db: Database = archive.db
    await Stamper(db, tmp_path / "recordings", "http://127.0.0.1:9/", lambda: NOON).stamp_all()
    assert verify(folder) == []
