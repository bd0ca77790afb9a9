"""Data keys and the master key: made once, turned over without touching media, missed aloud."""

import sys
import threading
from pathlib import Path

import pytest

from recordings.master import MasterCommand, MasterFile, MasterUnavailable, master_from
from recordings.model import Codec, TrackKind
from recordings.playback import playable
from recordings.vault import KeyGone, KeyUnavailable, Vault
from tests.recordings import media
from tests.recordings.desk import SESSION, desk, vault_in

# A key service of ten lines: it "wraps" by masking with a secret of its own.
SERVICE = """
import base64, hashlib, sys
action, (context, text) = sys.argv[1], sys.stdin.read().split()
assert text.startswith("kms:") == (action == "unwrap")
mask = hashlib.sha256(b"secret" + context.encode()).digest()
secret = bytes(a ^ b for a, b in zip(base64.b64decode(text.removeprefix("kms:")), mask))
token = base64.b64encode(secret).decode()
print("kms:" + token if action == "wrap" else token)
"""


@pytest.fixture
def service(tmp_path: Path) -> str:
    path = tmp_path / "kms.py"
    path.write_text(SERVICE)
    return f"command:{sys.executable} -I -S {path}"


def test_the_master_key_is_made_once_and_private(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    key = vault.fresh(SESSION)
    assert vault_in(tmp_path).find(SESSION, key.ident) == key
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_missing_or_wrong_master_key_is_a_sentence_not_a_new_key(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    vault.fresh(SESSION)
    (tmp_path / "master.key").rename(tmp_path / "elsewhere")
    with pytest.raises(MasterUnavailable, match=r"missing.*encrypted with it"):
        vault.prepare()
    assert not (tmp_path / "master.key").exists()
    other = vault_in(tmp_path / "other")
    other.fresh(SESSION)
    (tmp_path / "other/master.key").rename(tmp_path / "master.key")
    with pytest.raises(MasterUnavailable, match="holds no key"):
        vault.prepare()
    for text in ("", "not base64!", "c2hvcnQ="):
        (tmp_path / "master.key").write_text(text)
        with pytest.raises(MasterUnavailable, match="master key"):
            vault.prepare()
    (tmp_path / "elsewhere").rename(tmp_path / "master.key")
    vault.prepare()


def test_the_master_key_turns_over_without_touching_media(tmp_path: Path) -> None:
    vault, file = vault_in(tmp_path / "keys"), MasterFile(tmp_path / "keys/master.key")
    with desk(tmp_path / "recordings", vault=vault) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
        it.close()
    (row,) = it.segments(TrackKind.MICROPHONE)
    stored = (it.folder / row.file).read_bytes()
    shown = b"".join(playable(it.folder, row, vault).read())
    before = (tmp_path / "keys/master.key").read_bytes()
    file.add()
    assert b"".join(playable(it.folder, row, vault).read()) == shown  # both are accepted
    vault.fresh("other")
    assert (vault.count_stale(), vault.wrap_anew(), vault.wrap_anew()) == (1, 1, 0)
    assert file.retire() == 1
    assert before not in (tmp_path / "keys/master.key").read_bytes()
    assert b"".join(playable(it.folder, row, vault).read()) == shown
    assert (it.folder / row.file).read_bytes() == stored
    vault.prepare()


def test_a_retired_key_opens_nothing_any_more(tmp_path: Path) -> None:
    vault, file = vault_in(tmp_path), MasterFile(tmp_path / "master.key")
    key = vault.fresh(SESSION)
    file.add()
    file.retire()
    with pytest.raises(KeyUnavailable, match="holds no key"):
        vault.find(SESSION, key.ident)


def test_a_wrapped_key_serves_nowhere_else(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    key = vault.fresh(SESSION)
    vault.fresh("other")
    folder = tmp_path / "sessions"
    source = folder / SESSION / f"{key.ident}.json"
    (folder / "other" / source.name).write_bytes(source.read_bytes())
    with pytest.raises(KeyUnavailable):
        vault.find("other", key.ident)


def test_destroyed_keys_are_gone_for_good(tmp_path: Path) -> None:
    vault = vault_in(tmp_path)
    keys = [vault.fresh(SESSION), vault.fresh(SESSION)]
    assert vault.destroy(SESSION) == sorted(key.ident for key in keys)
    assert vault.destroy(SESSION) == vault.idents(SESSION) == []
    for key in keys:
        with pytest.raises(KeyGone):
            vault.find(SESSION, key.ident)


def test_turning_over_brings_no_destroyed_key_back(tmp_path: Path) -> None:
    """Keys are destroyed while others are wrapped anew, at every moment of it."""
    vault, file = vault_in(tmp_path), MasterFile(tmp_path / "master.key")
    names = [f"s{number}" for number in range(40)]
    for name in names:
        vault.fresh(name)
    file.add()
    turning = threading.Thread(target=vault.wrap_anew)
    turning.start()
    for name in names:
        vault.destroy(name)
    turning.join()
    assert list(vault.all_wrapped()) == []
    assert [path.name for path in (tmp_path / "sessions").iterdir()] == [".lock"]


def test_a_key_service_wraps_and_unwraps(tmp_path: Path, service: str) -> None:
    vault = Vault(tmp_path / "sessions", master_from(service))
    vault.prepare()
    key = vault.fresh(SESSION)
    again = Vault(tmp_path / "sessions", master_from(service))
    again.prepare()
    assert again.find(SESSION, key.ident) == key
    assert "kms:" in next(iter(again.all_wrapped())).token


def test_what_a_key_service_unwrapped_is_not_asked_for_each_segment(
    tmp_path: Path, service: str
) -> None:
    vault = Vault(tmp_path / "sessions", master_from(service))
    key = vault.fresh(SESSION)
    assert vault.find(SESSION, key.ident) == key
    (tmp_path / "kms.py").unlink()
    assert vault.find(SESSION, key.ident) == key
    vault.destroy(SESSION)
    with pytest.raises(KeyGone):
        vault.find(SESSION, key.ident)


@pytest.mark.parametrize("program", ["/none/such", "/bin/false", "/bin/true", "/bin/echo"])
def test_a_key_service_that_fails_is_a_sentence(tmp_path: Path, program: str) -> None:
    vault = Vault(tmp_path / "sessions", master_from(f"command:{program}"))
    with pytest.raises(MasterUnavailable, match=program):
        vault.prepare()


def test_moving_from_a_file_to_a_key_service(tmp_path: Path, service: str) -> None:
    key = vault_in(tmp_path).fresh(SESSION)
    moved = Vault(tmp_path / "sessions", master_from(service))
    with pytest.raises(MasterUnavailable):
        moved.prepare()
    for _ in range(2):
        assert moved.wrap_anew(MasterFile(tmp_path / "master.key")) == 1
    moved.prepare()
    assert moved.find(SESSION, key.ident) == key


@pytest.mark.parametrize("text", ["", "file:relative", "/a/path", "command:", "kms:x"])
def test_what_names_no_master_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="file:/path"):
        master_from(text)
    assert isinstance(master_from("command:kms --region x"), MasterCommand)
