"""The restore drill: backed up from either database, restored on an empty machine, proven whole."""

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from recordings import facts, journal, manifest
from recordings.erasure import erase, erased
from recordings.facts import FactKind, Statement, chain
from recordings.journal import read
from recordings.keys import signing_key
from recordings.playback import playable
from recordings.records import Segment
from recordings.verify import Witness, verify
from server.backup import sessions
from server.backup.command import back_up
from server.backup.contents import CONTENTS, here_of, in_backup, rows_in
from server.backup.files import copy_grown
from server.backup.restoring import restore
from server.backup.sessions import copy_chains
from server.proof.command import prove_all
from server.review.filters import SearchQuery
from server.review.repository.search import find
from server.settings import Settings, load
from server.storage.engine import Database
from server.storage.schema import Advice, Base, Secret
from server.vault import open_vault, vault_of
from tests.recordings.desk import vault_in
from tests.recordings.full import small_disk
from tests.server.proof.recorded import END, Talks
from tests.server.review.archive import NOON, Archive
from tests.support.postgres import PostgresCluster
from tests.support.tamper import bent

Rows = dict[str, list[dict[str, Any]]]


def settings_of(folder: Path, url: str, **more: str) -> Settings:
    return load({"YUNTIAO_DATA": str(folder), "YUNTIAO_DATABASE_URL": url, **more})


async def rows_of(db: Database) -> Rows:
    """Everything that is stored, but what the proof itself adds."""
    found: Rows = {}
    async with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            result = await connection.execute(select(table).order_by(*table.primary_key))
            found[table.name] = [dict(row) for row in result.mappings()]
    return found


class House:
    """A district with two recorded talks, advice with its correction, and a secret in bytes."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db = db
        self.settings = settings
        self.archive = Archive(db)
        self.talks = Talks(self.archive, settings.recordings, END)
        self.sessions: list[str] = []

    async def fill(self) -> None:
        vault_in(self.settings.data / "keys")
        await self.archive.fill()
        for _ in range(2):
            self.sessions.append(await self.talks.talk())
        other = await self.archive.session(facts="宅基地边界", advice=("先申请确权。",))
        await self._correct(other)
        async with self.db.write() as db:
            db.add(Secret(name="bytes", value=bytes(range(256))))

    async def _correct(self, session: str) -> None:
        """Advice whose correction comes before it in the order of ids."""
        ids, author = ("f" * 32, "0" * 32), self.archive.lawyers[0]
        for ident, corrects in zip(ids, (None, ids[0]), strict=True):
            async with self.db.write() as db:
                db.add(
                    Advice(
                        id=ident,
                        session_id=session,
                        author_id=author,
                        at=NOON,
                        matter_code="land",
                        advice="再谈补偿。",
                        legal_basis=[],
                        corrects_id=corrects,
                    )
                )


@pytest.fixture
async def house(migrated: Database, migrated_url: str, tmp_path: Path) -> House:
    made = House(migrated, settings_of(tmp_path / "data", migrated_url))
    await made.fill()
    return made


def now() -> Any:
    return NOON


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_what_was_backed_up_is_restored_and_proven_whole(
    house: House, kind: str, tmp_path: Path, postgres: PostgresCluster
) -> None:
    assert await back_up(house.settings, tmp_path / "backup", now) == 0
    before = await rows_of(house.db)
    shutil.rmtree(house.settings.data)
    with postgres.database() as url:
        here = url if kind == "postgresql" else f"sqlite+aiosqlite:///{tmp_path}/new.db"
        settings = settings_of(tmp_path / "new", here)
        assert await restore(settings, tmp_path / "backup") == 0
        db = Database(here)
        assert await rows_of(db) == before
        async with db.read() as reading:
            assert (await find(reading, SearchQuery(chunks=("确权",)))).total == 1
        await db.close()
        assert await prove_all(settings, now) == 0
    check_plays(settings, house.sessions[0])


def check_plays(settings: Settings, session: str) -> None:
    folder, vault = settings.recordings / session, open_vault(settings)
    rows = [row for row in read(folder) if isinstance(row, Segment)]
    assert rows
    for row in rows:
        assert row.stored_sha256
        assert len(b"".join(playable(folder, row, vault).read())) == row.bytes


async def test_a_backup_is_brought_up_to_date(house: House, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    assert await back_up(house.settings, target, now) == 0
    kept = next(target.glob("recordings/*/*/*"))
    before = kept.stat().st_ino
    later = await house.talks.talk()
    gone = house.sessions[0]
    erase(house.settings.recordings / gone, vault_of(house.settings), house.talks.key, 1.0, {})
    assert await back_up(house.settings, target, now) == 0
    assert list(target.glob(f"recordings/{later}/*/*"))
    # What was erased can be read nowhere any more.
    assert not list(target.glob(f"recordings/{gone}/*/*"))
    assert not list(target.glob(f"keys/sessions/{gone}/*"))
    assert not kept.exists() or kept.stat().st_ino == before
    settings = settings_of(tmp_path / "new", f"sqlite+aiosqlite:///{tmp_path}/new.db")
    assert await restore(settings, target) == 0
    check_plays(settings, later)


async def test_what_was_erased_after_a_backup_is_erased_again_when_it_is_restored(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, keys = tmp_path / "old", tmp_path / "new-backup", tmp_path / "old-keys"
    assert await back_up(house.settings, old, now, keys) == 0
    assert not (old / "keys").exists()
    gone, kept = house.sessions
    folder = house.settings.recordings / gone
    erase(folder, vault_of(house.settings), house.talks.key, 1.0, {"case": "7"})
    assert await back_up(house.settings, new, now) == 0
    assert list(keys.glob(f"sessions/{gone}/*"))  # here it could still be read
    forged = shutil.copytree(new / "recordings", tmp_path / "forged")
    manifest = forged / gone / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes().replace(b'"case":"7"', b'"case":"8"'))
    for name, newer, erased_again in (
        ("a", None, False),
        ("b", forged, False),
        ("c", new / "recordings", True),
    ):
        settings = settings_of(tmp_path / name, f"sqlite+aiosqlite:///{tmp_path}/{name}.db")
        assert await restore(settings, old) == 1  # the keys are elsewhere
        assert await restore(settings, old, keys, newer) == 0
        assert ("1 recordings had been erased" in capsys.readouterr().out) is erased_again
        assert bool(list(settings.data.glob(f"keys/sessions/{gone}/*"))) is not erased_again
        assert bool(list(settings.recordings.glob(f"{gone}/*/*"))) is not erased_again
        assert (erased(settings.recordings / gone) is not None) is erased_again
        check_plays(settings, kept)


async def test_a_master_key_that_is_kept_apart_is_not_in_it(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (house.settings.data / "keys/master.key").rename(tmp_path / "safe.key")
    apart = {"YUNTIAO_MASTER_KEY": f"file:{tmp_path / 'safe.key'}"}
    settings = settings_of(house.settings.data, house.settings.database_url, **apart)
    assert await back_up(settings, tmp_path / "backup", now) == 0
    assert str(tmp_path / "safe.key") in capsys.readouterr().out
    text = (tmp_path / "safe.key").read_bytes()
    copied = [path for path in (tmp_path / "backup").rglob("*") if path.is_file()]
    assert not [path for path in copied if text in path.read_bytes()]
    new = settings_of(tmp_path / "new", f"sqlite+aiosqlite:///{tmp_path}/new.db", **apart)
    assert await restore(new, tmp_path / "backup") == 0
    check_plays(new, house.sessions[0])


async def test_a_master_key_that_is_taken_apart_later_leaves_the_backup(
    house: House, tmp_path: Path
) -> None:
    target, key = tmp_path / "backup", house.settings.data / "keys/master.key"
    assert await back_up(house.settings, target, now) == 0
    assert (target / "keys/master.key").exists()
    key.rename(tmp_path / "safe.key")
    assert await back_up(house.settings, target, now) == 0
    assert (target / "keys/master.key").exists()  # lost, for all that is known
    apart = {"YUNTIAO_MASTER_KEY": f"file:{tmp_path / 'safe.key'}"}
    settings = settings_of(house.settings.data, house.settings.database_url, **apart)
    assert await back_up(settings, target, now) == 0
    assert not (target / "keys/master.key").exists()


async def restored(target: Path, folder: Path, name: str = "new") -> tuple[Settings, int]:
    """Restore it on a machine of its own: its settings, and what the proof of everything says."""
    settings = settings_of(folder / name, f"sqlite+aiosqlite:///{folder}/{name}.db")
    assert await restore(settings, target) == 0
    return settings, await prove_all(settings, now)


def lose_media(house: House) -> None:
    house.talks.segment(house.sessions[0]).unlink()


def lose_session(house: House) -> None:
    shutil.rmtree(house.settings.recordings / house.sessions[0])


def lose_keys(house: House) -> None:
    shutil.rmtree(house.settings.data / "keys/sessions")


def lose_end(house: House) -> None:
    path = house.settings.recordings / house.sessions[0] / journal.NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def forge_certificate(house: House) -> None:
    folder = house.settings.recordings / house.sessions[0]
    manifest.seal(folder, signing_key(house.settings.data / "other"), 1.0, {"at": 1.0})
    lose_media(house)


@pytest.mark.parametrize("lose", [lose_media, lose_session, lose_keys, lose_end])
async def test_what_is_lost_here_stays_in_the_backup(
    house: House, tmp_path: Path, lose: Callable[[House], None]
) -> None:
    target = tmp_path / "backup"
    assert await back_up(house.settings, target, now) == 0
    lose(house)
    assert await back_up(house.settings, target, now) == (1 if lose is lose_end else 0)
    settings, proof = await restored(target, tmp_path)
    assert proof == 0
    check_plays(settings, house.sessions[0])


async def test_a_certificate_that_we_did_not_sign_destroys_nothing(
    house: House, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    assert await back_up(house.settings, target, now) == 0
    forge_certificate(house)
    assert await back_up(house.settings, target, now) == 0
    settings, _ = await restored(target, tmp_path)
    check_plays(settings, house.sessions[0])


async def test_what_is_damaged_is_named_and_keeps_nothing_else_out(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "backup"
    assert await back_up(house.settings, target, now) == 0
    damaged, later = await house.talks.talk(), await house.talks.talk()
    path = house.talks.segment(damaged)
    whole = path.read_bytes()
    path.write_bytes(bent(whole))
    for _ in range(2):
        assert await back_up(house.settings, target, now) == 1
        assert path.name in capsys.readouterr().err
    settings, proof = await restored(target, tmp_path)
    assert proof == 1
    for session in (*house.sessions, later):
        check_plays(settings, session)
    path.write_bytes(whole)
    assert await back_up(house.settings, target, now) == 0
    settings, proof = await restored(target, tmp_path, "again")
    assert proof == 0
    check_plays(settings, damaged)


@pytest.mark.parametrize("name", [journal.NAME, facts.NAME])
async def test_media_of_a_chain_with_a_torn_line_is_still_copied(
    house: House, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    session = house.sessions[0]
    path = house.settings.recordings / session / name
    path.write_bytes(path.read_bytes().replace(b'{"', b'{{"', 1))
    assert await back_up(house.settings, tmp_path / "backup", now) == 1
    assert f"{session}/{name}" in capsys.readouterr().err
    assert len(list((tmp_path / "backup/recordings" / session).glob("*/*"))) == 2


async def test_without_the_keys_or_with_others_an_earlier_backup_stays_as_it_is(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, data = tmp_path / "backup", house.settings.data
    assert await back_up(house.settings, target, now) == 0
    before = content_of(target)
    (data / "keys").rename(tmp_path / "unmounted")
    assert await back_up(house.settings, target, now) == 1
    (data / "keys").mkdir()
    assert await back_up(house.settings, target, now) == 1
    assert "is YUNTIAO_DATA right" in capsys.readouterr().err
    signing_key(data / "keys")
    assert await back_up(house.settings, target, now) == 1
    assert "is another key" in capsys.readouterr().err
    assert content_of(target) == before


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_backup_that_is_cut_short_leaves_the_earlier_one(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    assert await back_up(house.settings, target, now) == 0
    later = await house.talks.talk()

    def cut(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("server.backup.command.write_whole", cut)
        assert await back_up(house.settings, target, now) == 1
    await restored(target, tmp_path)
    assert await back_up(house.settings, target, now) == 0
    settings, proof = await restored(target, tmp_path, "again")
    assert proof == 0
    check_plays(settings, later)
    assert len(list(target.glob("database*"))) == 1


async def test_a_full_disk_of_the_backup_is_what_is_told(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with small_disk(tmp_path / "small") as target:
        assert await back_up(house.settings, target, now) == 1
        assert not (target / CONTENTS).exists()
        assert not list(target.rglob("*.copy"))
    said = capsys.readouterr().err
    assert "No space left on device" in said
    assert "Not copied" not in said


def test_a_session_that_is_sealed_while_it_is_copied_is_whole_up_to_its_seal(
    small: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(tmp_path / "data", small.engine.url.render_as_string(False))
    talks = Talks(Archive(small), settings.recordings, END)
    talks.participants = ["p" * 32]
    talks.record("s" * 32)
    folder, copied = settings.recordings / ("s" * 32), []
    real = copy_grown

    def slow(source: Path, target: Path) -> None:
        real(source, target)
        copied.append(source.name)
        chain(folder, [Statement(FactKind.EVENT, f"e{len(copied)}", 1.0, {})])
        manifest.seal(folder, talks.key, 1.0)

    monkeypatch.setattr(sessions, "copy_grown", slow)
    here, there = here_of(settings), in_backup(tmp_path / "backup")
    assert copy_chains(here, there) == []
    assert copied[:1] == [manifest.NAME]
    found = verify(there.recordings / folder.name, witness=Witness(talks.key.public))
    assert not [one for one in found if one.where.startswith(manifest.NAME)]


def spoil_rows(backup: Path) -> None:
    path = rows_in(backup, json.loads((backup / CONTENTS).read_bytes())["database_sha256"])
    path.write_bytes(path.read_bytes()[:-20])


def spoil_version(backup: Path) -> None:
    edit(backup, {"version": 99})


def edit(backup: Path, change: Mapping[str, object]) -> None:
    path = backup / CONTENTS
    path.write_text(json.dumps(json.loads(path.read_text()) | dict(change)))


@pytest.mark.parametrize("spoil", [spoil_rows, spoil_version, lambda it: edit(it, {"tables": {}})])
async def test_a_backup_that_is_not_whole_is_refused(
    house: House, tmp_path: Path, spoil: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await back_up(house.settings, tmp_path / "backup", now) == 0
    spoil(tmp_path / "backup")
    settings = settings_of(tmp_path / "new", f"sqlite+aiosqlite:///{tmp_path}/new.db")
    assert await restore(settings, tmp_path / "backup") == 1
    assert "Nothing can be relied on here" in capsys.readouterr().err


async def test_a_lost_file_is_found_by_the_proof(house: House, tmp_path: Path) -> None:
    assert await back_up(house.settings, tmp_path / "backup", now) == 0
    next((tmp_path / "backup/recordings").glob("*/*/*")).unlink()
    settings = settings_of(tmp_path / "new", f"sqlite+aiosqlite:///{tmp_path}/new.db")
    assert await restore(settings, tmp_path / "backup") == 0
    assert await prove_all(settings, now) == 1


async def test_nothing_is_restored_over_what_is_there(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await back_up(house.settings, tmp_path / "backup", now) == 0
    before = await rows_of(house.db)
    assert await restore(house.settings, tmp_path / "backup") == 1
    empty = settings_of(tmp_path / "new", house.settings.database_url)
    assert await restore(empty, tmp_path / "backup") == 1
    assert await rows_of(house.db) == before
    assert "not empty" in capsys.readouterr().err
