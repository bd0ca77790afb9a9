"""What is shown is what was recorded: another file in its place is not opened."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from recordings import checked
from recordings.checked import Checked
from recordings.media_file import Changed, Media, open_media, read_all
from recordings.model import Codec, TrackKind
from recordings.records import Segment
from recordings.vault import Vault
from tests.recordings import media
from tests.recordings.desk import desk, vault_in
from tests.support.tamper import bent


class Kept:
    """Two encrypted segments of one track."""

    def __init__(self, root: Path) -> None:
        self.vault: Vault = vault_in(root / "keys")
        with desk(root / "recordings", vault=self.vault) as it:
            it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(31))))
            it.close()
            self.first, self.second = it.segments(TrackKind.MICROPHONE)
        self.folder = it.folder
        self.path = self.folder / self.first.file
        self.checked = Checked()

    def opened(self, row: Segment | None = None) -> Media:
        row = row or self.first
        return self.checked.open(self.folder / row.file, self.vault, row.sha256)

    def plain(self) -> bytes:
        return read_all(open_media(self.path, self.vault))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def lay_in_the_open(it: Kept) -> None:
    it.path.write_bytes(bent(it.plain()))


def swap(it: Kept) -> None:
    """Another of the same session, whose key opens both."""
    shutil.copy(it.folder / it.second.file, it.path)


def flip(it: Kept) -> None:
    data = bytearray(it.path.read_bytes())
    data[len(data) // 2] ^= 1
    it.path.write_bytes(data)


def cut(it: Kept) -> None:
    os.truncate(it.path, it.path.stat().st_size - 1)


def hide(it: Kept) -> None:
    """As long as the real one, and of the same date."""
    before = it.path.stat()
    it.path.write_bytes(b"?" * before.st_size)
    os.utime(it.path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("change", [lay_in_the_open, swap, flip, cut, hide])
def test_another_file_is_not_opened(
    kept: Kept, change: Callable[[Kept], None], known: bool
) -> None:
    honest, data = kept.path.read_bytes(), kept.plain()
    if known:
        assert read_all(kept.opened()) == data
    change(kept)
    with pytest.raises(Changed):
        kept.opened()
    kept.path.write_bytes(honest)
    assert read_all(kept.opened()) == data


def test_what_lies_in_the_open_as_it_was_recorded_is_read(kept: Kept) -> None:
    data = kept.plain()
    kept.path.write_bytes(data)
    assert read_all(kept.opened()) == data


def test_a_file_is_read_through_once_and_few_are_remembered(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = checked.check

    def check(found: Media, sha256: str, name: str) -> None:
        read.append(name)
        real(found, sha256, name)

    monkeypatch.setattr(checked, "check", check)
    for _ in range(3):
        kept.opened()
    first, second = (Path(row.file).name for row in (kept.first, kept.second))
    assert read == [first]
    monkeypatch.setattr(checked, "MOST", 1)
    for row in (kept.second, kept.second, kept.first):
        kept.opened(row)
    assert read == [first, second, first]
