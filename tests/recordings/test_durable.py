"""What is made is there after the power has failed: no name is left that its folder may lose."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recordings import facts, manifest
from recordings.durable import append_whole, make_folder, write_whole
from recordings.facts import FactKind, Statement
from recordings.journal import Journal
from recordings.keys import signing_key
from recordings.master import MasterFile
from recordings.records import CloseMark
from recordings.vault import Vault
from tests.recordings.full import room_for


@pytest.fixture
def unsynced(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Folders that got a name, and were not made durable since."""
    folders: set[str] = set()

    def watch(call: str, place: int) -> None:
        real: Callable[..., Any] = getattr(os, call)

        def watched(*arguments: Any, **options: Any) -> Any:
            path = Path(arguments[place])
            is_new = not path.exists() or call in {"rename", "replace"}
            if is_new and not path.name.startswith("."):  # drafts and locks may be lost
                folders.add(str(path.parent))
            return real(*arguments, **options)

        monkeypatch.setattr(os, call, watched)

    for call, place in {"open": 0, "mkdir": 0, "rename": 1, "replace": 1, "link": 1}.items():
        watch(call, place)
    real = os.fsync

    def synced(fd: int) -> None:
        real(fd)
        folders.discard(str(Path(f"/proc/self/fd/{fd}").readlink()))

    monkeypatch.setattr(os, "fsync", synced)
    return folders


def test_a_key_is_durable_before_anything_is_wrapped_or_signed_by_it(
    tmp_path: Path, unsynced: set[str]
) -> None:
    master = MasterFile(tmp_path / "another volume" / "master.key")
    vault = Vault(tmp_path / "keys" / "sessions", master)
    steps: list[Callable[[], object]] = [
        lambda: master.prepare(is_first=True),
        lambda: vault.fresh("s"),
        master.add,
        vault.wrap_anew,
        master.retire,
        lambda: signing_key(tmp_path / "keys"),
    ]
    for step in steps:
        step()
        assert not unsynced


def test_a_chain_and_its_seal_are_durable(tmp_path: Path, unsynced: set[str]) -> None:
    folder, key = tmp_path / "recordings" / "s", signing_key(tmp_path / "keys")
    make_folder(folder)
    journal = Journal(folder)
    assert not unsynced
    journal.append(CloseMark(at=1.0, reason="done"))
    journal.flush()
    journal.close()
    facts.chain(folder, [Statement(FactKind.EVENT, "e", 1.0, {})])
    assert not unsynced
    manifest.seal(folder, key, 2.0)
    assert not unsynced


def test_a_file_is_replaced_whole_or_stays(tmp_path: Path, unsynced: set[str]) -> None:
    path = tmp_path / "file"
    for content in (b"one", b"two"):
        write_whole(path, content)
        assert path.read_bytes() == content
        assert not unsynced
    with room_for(tmp_path / "none", 2), pytest.raises(OSError, match="File too large"):
        write_whole(path, b"three")
    assert path.read_bytes() == b"two"


def test_what_is_appended_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("ab", buffering=0) as file:
        append_whole(file.fileno(), b"one", sync=True)
        with room_for(path, 2), pytest.raises(OSError, match="File too large"):
            append_whole(file.fileno(), b"two")
        assert path.read_bytes() == b"one"
        append_whole(file.fileno(), b"three")
    assert path.read_bytes() == b"onethree"
