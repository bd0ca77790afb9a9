"""Checkpoints: what another body has kept shows a session rolled back, removed or signed anew."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings import checkpoint
from recordings.checkpoint import BadCheckpoint
from recordings.erasure import erase
from recordings.facts import FactKind, Statement, chain
from recordings.homecoming import bring_home
from recordings.journal import NAME, Journal
from recordings.keys import SigningKey, signing_key
from recordings.manifest import NAME as MANIFEST
from recordings.manifest import seal
from recordings.model import Codec, TrackKind
from recordings.records import CloseMark, PauseMark
from recordings.recover import finish_session
from recordings.verify import Witness, verify
from tests.recordings import media
from tests.recordings.desk import RATES, SESSION, START, desk, vault_in

LATER = Statement(FactKind.ADVICE, "a2", START + 99, {"advice": "更正：先调解。"})


class Archive:
    """A sealed session, one that goes on, and a copy of both from before a later seal."""

    def __init__(self, root: Path) -> None:
        self.root = root / "recordings"
        self.keys = root / "keys"
        self.key: SigningKey = signing_key(self.keys)
        with desk(self.root, key=self.key) as it:
            it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(1))))
            it.close()
        self.folder = it.folder
        self.open = shutil.copytree(self.folder, self.root / "open")
        (self.open / MANIFEST).unlink()
        self.before = shutil.copytree(self.root, root / "before")
        chain(self.folder, [LATER])
        seal(self.folder, self.key, START + 100)
        self.text = checkpoint.make(self.root, self.key, START + 200)

    def places(self) -> set[str]:
        kept = checkpoint.read(self.text)
        kept.check_signed(self.key.public)
        witness = Witness(self.key.public, checkpoint=kept)
        return {one.where for one in verify(self.folder, witness=witness)}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_what_only_grew_is_whole(archive: Archive) -> None:
    assert archive.places() == set()
    chain(archive.folder, [Statement(FactKind.EVENT, "7", START, {"type": "x"})])
    seal(archive.folder, archive.key, START + 300)
    assert archive.places() == set()


def roll_back(it: Archive) -> None:
    shutil.rmtree(it.folder)
    shutil.copytree(it.before / SESSION, it.folder)


def sign_anew(it: Archive) -> None:
    (it.folder / MANIFEST).unlink()
    seal(it.folder, it.key, START + 400)


@pytest.mark.parametrize("forge", [roll_back, sign_anew])
def test_what_the_owner_of_the_key_changed_is_found(
    archive: Archive, forge: Callable[[Archive], None]
) -> None:
    forge(archive)
    assert verify(archive.folder, witness=Witness(archive.key.public)) == []
    assert archive.places() == {MANIFEST}


def test_a_session_that_was_not_sealed_yet_is_named_by_its_chains(archive: Archive) -> None:
    heads = checkpoint.read(archive.text).heads
    assert {name: set(chains) for name, chains in heads.items()} == {
        SESSION: {"manifest"},
        "open": {"journal", "facts"},
    }
    kept = checkpoint.read(archive.text)
    assert list(checkpoint.problems(kept, archive.open)) == []
    path = archive.open / NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
    assert [place for place, _ in checkpoint.problems(kept, archive.open)] == [NAME]


def made_up(it: Archive, now: float, name: str = "made-up", *, close: bool = True) -> Path:
    """A session recorded at ``now``, sealed with the real key."""
    root = it.root.with_name(f"by-{name}")
    with desk(root, now, key=it.key) as other:
        session = other.recorder.open_session(name)
        track = session.track("p1", TrackKind.MICROPHONE, Codec.OPUS, RATES[Codec.OPUS])
        for packet in media.packets(Codec.OPUS, media.tone(1)):
            track.rtp(packet.data, now + packet.at)
        other.until(lambda: (root / name / NAME).exists())
        if close:
            session.close("done")
    shutil.copytree(root / name, it.root / name)
    return it.root / name


def found_in(it: Archive, folder: Path) -> list[str]:
    return [what for _, what in checkpoint.problems(checkpoint.read(it.text), folder)]


def test_a_session_made_up_later_is_found(archive: Archive) -> None:
    folder = made_up(archive, START - 3 * 86400)
    assert verify(folder, witness=Witness(archive.key.public)) == []
    (problem,) = verify(
        folder, witness=Witness(archive.key.public, checkpoint=checkpoint.read(archive.text))
    )
    assert problem.where == NAME
    assert "is older than the checkpoint of 2023-11-14 22:16 UTC" in problem.what


def test_what_came_after_the_checkpoint_is_no_alarm(archive: Archive) -> None:
    assert found_in(archive, made_up(archive, START + 86400)) == []


def test_a_beginning_that_a_full_disk_held_up_is_no_alarm(archive: Archive) -> None:
    folder = archive.root / "late"
    folder.mkdir()
    late = Journal(folder)
    late.append(PauseMark(at=START - 4000, reason="asked"))
    late.append(CloseMark(at=START - 3600, reason="done"))
    late.flush()
    late.close()
    assert found_in(archive, folder) == []


def test_running_talks_apart_and_the_second_volume_have_lines(
    archive: Archive, tmp_path: Path
) -> None:
    """A talk apart is a folder like any other; one that began elsewhere is not missed meanwhile."""
    goes_on = made_up(archive, START, "goes-on", close=False)
    away = tmp_path / "second" / "away"
    shutil.move(made_up(archive, START, "away"), away)
    archive.text = checkpoint.make(
        archive.root, archive.key, START + 86400, second=tmp_path / "second"
    )
    kept = checkpoint.read(archive.text)
    assert set(kept.heads) == {SESSION, "open", "goes-on", "away"}
    assert kept.begun == {SESSION, "open", "goes-on"}
    finish_session(goes_on, START + 90000)
    assert found_in(archive, goes_on) == []
    bring_home(away, archive.root / "away")
    assert found_in(archive, archive.root / "away") == []


def test_an_erased_session_has_its_line(archive: Archive, tmp_path: Path) -> None:
    erase(archive.folder, vault_in(tmp_path / "vault"), archive.key, START + 150, {"reason": "x"})
    archive.text = checkpoint.make(archive.root, archive.key, START + 86400)
    assert archive.places() == set()


def test_each_names_the_one_before(archive: Archive) -> None:
    second = checkpoint.make(archive.root, archive.key, START + 300, archive.text)
    first, after = (json.loads(text.splitlines()[0]) for text in (archive.text, second))
    assert (first["number"], after["number"]) == (1, 2)
    assert after["previous"] == checkpoint.read(archive.text).sha256


def test_another_body_countersigns(archive: Archive, tmp_path: Path) -> None:
    theirs, third = signing_key(tmp_path / "theirs"), signing_key(tmp_path / "third")
    text = checkpoint.countersign(archive.text, theirs, "市司法局", START + 500)
    text = checkpoint.countersign(text, third, "公证处", START + 600)
    assert text.startswith(archive.text)
    kept = checkpoint.read(text)
    for key in (archive.key, theirs, third):
        kept.check_signed(key.public)
    assert [one.by for one in kept.signatures] == ["", "市司法局", "公证处"]
    with pytest.raises(BadCheckpoint, match="not signed with"):
        checkpoint.read(archive.text).check_signed(theirs.public)


def lines_of(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "a head": lambda text: text.replace(b'"lines":2', b'"lines":1'),
    "who countersigned": lambda text: text.replace("市司法局".encode(), "县司法局".encode()),
    "when": lambda text: text.replace(b'"at":17', b'"at":16'),
    "a session left out": lambda text: b"".join(
        [lines_of(text)[0].replace(b'"sessions":2', b'"sessions":1'), *lines_of(text)[2:]]
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_checkpoint_is_found(archive: Archive, tmp_path: Path, name: str) -> None:
    theirs = signing_key(tmp_path / "theirs")
    text = checkpoint.countersign(archive.text, theirs, "市司法局", START + 500)
    changed = CHANGES[name](text)
    assert changed != text
    with pytest.raises(BadCheckpoint, match="signature does not fit"):
        checkpoint.read(changed).check_signed(theirs.public)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"",
        lambda text: b"{}\n",
        lambda text: text[:-1],
        lambda text: text[:-20],
        lambda text: b"".join(lines_of(text)[:-1]),
        lambda text: b"".join(reversed(lines_of(text))),
        lambda text: text.replace(b'"manifest"', b'"../../x"'),
        lambda text: text.replace(b'"type":', b'"type": '),
        lambda text: b"\xff" + text,
        lambda text: b"[1]\n" * 3,
    ],
)
def test_what_is_no_checkpoint_is_one_error(
    archive: Archive, change: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(BadCheckpoint):
        checkpoint.read(change(archive.text))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recordings", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_commands_make_countersign_and_compare(archive: Archive, tmp_path: Path) -> None:
    shutil.rmtree(archive.open)
    file, theirs = tmp_path / "2026-11-23.jsonl", tmp_path / "theirs"
    made = run("checkpoint", str(archive.root), str(file), "--keys", str(archive.keys))
    assert (made.returncode, made.stderr) == (0, "")
    assert run("countersign", str(file), "--keys", str(theirs), "--by", "市司法局").returncode == 0
    (tmp_path / "theirs.pem").write_bytes(signing_key(theirs).public.pem())
    given = ["--checkpoint", str(file), "--countersigner", str(tmp_path / "theirs.pem")]
    whole = run("verify", str(archive.root), *given)
    assert (whole.returncode, whole.stdout) == (0, f"{SESSION}: whole\n")
    roll_back(archive)
    found = run("verify", str(archive.folder), *given)
    assert found.returncode == 1
    assert f"{SESSION}/{MANIFEST}: was cut off: 2 lines were signed on 20" in found.stdout
    archive.folder.rename(archive.root / "other")
    gone = run("verify", str(archive.root), *given)
    assert (gone.returncode, gone.stdout.splitlines()[0]) == (
        1,
        f"{SESSION}: is missing; the checkpoint names it",
    )
