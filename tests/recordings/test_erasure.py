"""Erasing for good: no copy can be read, the certificate is signed, the verifier says so."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings import bundle, erasure, manifest
from recordings.erasure import erase, erased
from recordings.facts import FactKind, Statement, chain
from recordings.journal import NAME
from recordings.keys import SigningKey, signing_key
from recordings.manifest import NotSealable, seal
from recordings.media_file import Unreadable, open_media
from recordings.model import Codec, TrackKind
from recordings.records import Segment
from recordings.vault import Vault
from recordings.verify import Witness, verify
from tests.recordings import media
from tests.recordings.desk import SESSION, START, desk, vault_in
from tests.recordings.full import room_for

DETAIL = {"asked": "a1", "approved": "a2", "reason": "retention"}


class Closed:
    """A signed session of one encrypted segment, and a copy of its folder elsewhere."""

    def __init__(self, root: Path) -> None:
        self.key: SigningKey = signing_key(root / "keys")
        self.vault: Vault = vault_in(root / "keys")
        with desk(root / "recordings", key=self.key, vault=self.vault) as it:
            it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
            it.close()
        self.folder = it.folder
        self.row: Segment = it.segments(TrackKind.MICROPHONE)[0]
        self.archived = shutil.copytree(it.folder, root / "archive" / SESSION)

    def erase(self) -> manifest.Manifest:
        return erase(self.folder, self.vault, self.key, START + 900, DETAIL)

    def problems(self) -> list[str]:
        return [one.where for one in verify(self.folder, witness=Witness(self.key.public))]


@pytest.fixture
def closed(tmp_path: Path) -> Closed:
    return Closed(tmp_path)


def test_an_erased_session_cannot_be_read_and_says_so(closed: Closed) -> None:
    names = closed.vault.idents(SESSION)
    assert erased(closed.folder) is None
    made = closed.erase()
    assert (
        erased(closed.folder)
        == made.body["erased"]
        == {
            "at": START + 900,
            "keys": names,
            "segments": 1,
            "bytes": closed.row.bytes,
            "detail": DETAIL,
        }
    )
    assert closed.problems() == []
    assert sorted(path.name for path in closed.folder.iterdir()) == [NAME, manifest.NAME]
    for folder in (closed.folder, closed.archived):
        with pytest.raises((Unreadable, FileNotFoundError)):
            open_media(folder / closed.row.file, closed.vault)
    assert closed.erase() == made


def test_what_comes_later_is_still_signed(closed: Closed) -> None:
    closed.erase()
    chain(closed.folder, [Statement(FactKind.EVENT, "9", START, {"type": "recording.erased"})])
    assert seal(closed.folder, closed.key, START + 901) is not None
    assert closed.problems() == []
    assert erased(closed.folder) is not None


def test_missing_media_without_a_certificate_is_no_erasure(closed: Closed) -> None:
    (closed.folder / closed.row.file).unlink()
    assert closed.problems() == [closed.row.file]


def test_a_made_up_certificate_is_found(closed: Closed, tmp_path: Path) -> None:
    (closed.folder / closed.row.file).unlink()
    other = signing_key(tmp_path / "other")
    seal(closed.folder, other, START, {"at": START, "keys": [], "segments": 1, "detail": {}})
    assert closed.problems() == [f"{manifest.NAME}:2"]


def test_media_that_came_back_must_be_what_it_was(closed: Closed) -> None:
    closed.erase()
    path = closed.folder / closed.row.file
    path.parent.mkdir()
    shutil.copy(closed.archived / closed.row.file, path)
    assert closed.problems() == []
    path.write_bytes(b"something else")
    assert closed.problems() == [closed.row.file]


@pytest.mark.parametrize("breaks", ["destroy", "remove", "seal"])
def test_a_crash_on_the_way_is_finished(
    closed: Closed, breaks: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = closed.vault.idents(SESSION)

    def crash(*_: object) -> None:
        raise OSError(5, "Input/output error")

    targets: dict[str, tuple[object, str]] = {
        "destroy": (Vault, "destroy"),
        "remove": (erasure, "_remove_media"),
        "seal": (manifest, "seal"),
    }
    with monkeypatch.context() as broken:
        broken.setattr(*targets[breaks], crash)
        with pytest.raises(OSError, match="Input"):
            closed.erase()
    assert erased(closed.folder) is None
    assert closed.erase().body["erased"]["keys"] == names
    assert closed.problems() == []


def test_a_certificate_that_the_disk_cuts_short_is_written_later(closed: Closed) -> None:
    names = closed.vault.idents(SESSION)
    with (
        room_for(closed.folder / manifest.NAME, 600),
        pytest.raises(OSError, match="File too large"),
    ):
        closed.erase()
    assert erased(closed.folder) is None
    assert closed.erase().body["erased"]["keys"] == names
    assert erased(closed.folder) is not None
    assert closed.problems() == []


def torn(it: Closed) -> None:
    rows = (it.folder / NAME).read_bytes().splitlines(keepends=True)
    (it.folder / NAME).write_bytes(b"".join(rows[:-1]))


def altered(it: Closed) -> None:
    path = it.folder / NAME
    path.write_bytes(path.read_bytes().replace(b"first", b"forst"))


@pytest.mark.parametrize("spoil", [torn, altered])
def test_what_is_not_whole_is_not_erased(closed: Closed, spoil: Callable[[Closed], None]) -> None:
    spoil(closed)
    with pytest.raises(NotSealable):
        closed.erase()
    assert closed.vault.idents(SESSION)
    assert (closed.folder / closed.row.file).exists()


def test_a_session_that_goes_on_is_not_erased(tmp_path: Path) -> None:
    key, vault = signing_key(tmp_path / "keys"), vault_in(tmp_path / "keys")
    with desk(tmp_path / "recordings", key=key, vault=vault) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
        it.sealed(1)
        with pytest.raises(NotSealable):
            erase(it.folder, vault, key, START, DETAIL)


def test_a_recording_in_the_open_is_removed(tmp_path: Path) -> None:
    key, vault = signing_key(tmp_path / "keys"), vault_in(tmp_path / "keys")
    with desk(tmp_path / "recordings", key=key) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
        it.close()
    assert erase(it.folder, vault, key, START, DETAIL).body["erased"]["keys"] == []
    assert not list(it.folder.glob("*/*"))


def test_a_bundle_of_an_erased_session_holds_its_certificate(
    closed: Closed, tmp_path: Path
) -> None:
    closed.erase()
    files = bundle.parts(closed.folder, "YT-1", [], closed.key, closed.vault)
    bundle.write_folder(tmp_path / "out", files)
    done = run("verify", str(tmp_path / "out"))
    assert done.returncode == 0
    assert "erased on 2023-11-14 22:28:20 UTC" in done.stdout


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "recordings", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_erases_only_when_it_is_meant(closed: Closed, tmp_path: Path) -> None:
    given = ["erase", str(closed.folder), "--keys", str(tmp_path / "keys"), "--reason", "expired"]
    assert run(*given).returncode == 2
    done = run(*given, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    last = json.loads((closed.folder / manifest.NAME).read_text().splitlines()[-1])
    assert last["erased"]["detail"] == {"reason": "expired"}
    assert str(manifest.integrity(closed.folder)) in done.stdout
    assert "erased on" in run("verify", str(closed.folder)).stdout
