"""A disk that is full, read-only or gone: told within two seconds, nothing earlier lost."""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recordings import sink
from recordings.ebml import scan
from recordings.events import Closed, Failed, FailureCode, Started
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import StartMark
from recordings.sealed_file import salvage
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import SESSION, Desk, desk, vault_in
from tests.recordings.full import small_disk
from tests.support.waiting import SLOWNESS

MICROPHONE = TrackKind.MICROPHONE


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small") as mount:
        yield mount


def fill(folder: Path) -> Path:
    """Use up the disk's space."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


def test_a_full_disk_is_told_and_passes(small: Path, tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(30))
    vault = vault_in(tmp_path / "keys")
    with desk(small, vault=vault) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:150]))
        it.wait(Started)
        (part,) = it.folder.rglob("*.part")
        key = vault.find(SESSION, vault.idents(SESSION)[0])
        it.until(lambda: scan(salvage(part, key).data).frames == 150)
        ballast = fill(small)
        begun = time.monotonic()
        told = feed_until(it, microphone, sent[150:600])
        assert time.monotonic() - begun < 2 * SLOWNESS
        assert told.code is FailureCode.DISK_FULL
        ballast.unlink()
        feed_while(it, microphone, sent[600:1000], lambda: len(it.of(Started)) < 2)
        it.wait(Started, 2)
        it.feed((microphone, sent[1000:]))
        it.close()
        it.wait(Closed)
        # The whole session verifies: half-written clusters are gone, the journal is complete.
        assert verify(it.folder) == []
        first, *_, last = it.segments(MICROPHONE)
        assert first.frames >= 150
        assert last.frames >= 500
        assert all(
            media.decode_sound(it.plain(row))[1] > 0.9
            for row in it.segments(MICROPHONE)
            if row.duration > 1
        )
        assert GapCause.DISK in {gap.cause for gap in it.gaps(MICROPHONE)}
        assert [row.reason for row in it.records(StartMark)] == ["first", "disk"]


def feed_until(it: Desk, track: object, sent: list[media.Packet]) -> Failed:
    """Feed packets, faster than life, until the recorder says that it fails."""
    feed_while(it, track, sent, lambda: not it.of(Failed))
    return it.wait(Failed)[0]


def feed_while(
    it: Desk, track: object, sent: list[media.Packet], condition: Callable[[], bool]
) -> None:
    """Feed packets, faster than life but not faster than the recorder, as long as this is so."""
    for at in range(0, len(sent), 5):
        it.feed((track, sent[at : at + 5]))  # type: ignore[arg-type]
        if not condition():
            break
        time.sleep(0.01)


@pytest.mark.parametrize("call", ["open", "write", "fdatasync", "fsync", "rename"])
def test_every_refused_call_is_told_and_costs_nothing_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The disk gives I/O errors from one call on, then works again."""
    sent = media.packets(Codec.OPUS, media.tone(90))
    broken = False

    def refuse(real: object) -> object:
        def wrapper(*arguments: object, **options: object) -> object:
            if broken:
                raise OSError(5, "Input/output error")
            return real(*arguments, **options)  # type: ignore[operator]

        return wrapper

    if call == "rename":
        monkeypatch.setattr(Path, "rename", refuse(Path.rename))
    elif call == "fdatasync":
        monkeypatch.setattr(sink, "_datasync", refuse(sink._datasync))
    else:
        monkeypatch.setattr(os, call, refuse(getattr(os, call)))
    with desk(tmp_path / "recordings", vault=vault_in(tmp_path / "keys")) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:1600]))  # the first segment is sealed, the second has begun
        it.sealed(1)
        broken = True
        it.feed((microphone, sent[1600:3100]))  # the next cut
        told = feed_until(it, microphone, sent[3100:3500])
        assert told.code is FailureCode.DISK_ERROR
        broken = False
        feed_while(it, microphone, sent[3500:4000], lambda: len(it.of(Started)) < 2)
        it.wait(Started, 2)
        it.feed((microphone, sent[4000:]))
        it.close()
        it.wait(Closed)
        assert verify(it.folder) == []
        # What could not be sealed at once is journalled later.
        rows = sorted(it.segments(MICROPHONE), key=lambda row: row.index)
        assert rows[0].frames == 1500
        # All that came after; where it was cut depends on when the disk was tried again.
        assert sum(row.frames for row in rows[-2:]) >= 500
        assert all(scan(it.plain(row).read_bytes()).frames == row.frames for row in rows)


def test_a_folder_that_cannot_be_made_is_told_and_made_later(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(20))
    blocker = tmp_path / "recordings"
    blocker.write_bytes(b"a file where the folder should be")
    with desk(blocker) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:100]))
        it.wait(Failed)
        blocker.unlink()
        it.feed((microphone, sent[300:]))
        it.wait(Started)
        it.close()
        it.wait(Closed)
        assert verify(it.folder) == []
        (gap,) = it.gaps(MICROPHONE)
        assert gap.cause is GapCause.DISK


def test_a_disk_that_stays_broken_keeps_what_is_on_it(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(10))
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:200]))
        it.wait(Started)
        shutil.rmtree(it.folder / "p1")
        it.folder.joinpath("p1").write_bytes(b"")
        it.feed((microphone, sent[200:]))
        it.session.close("done")
        it.wait(Failed)
        it.recorder.close()
        assert not it.of(Closed)


def test_a_disk_that_hangs_is_told_and_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk answers no call for a while; nobody gets an error."""
    sent = media.packets(Codec.OPUS, media.tone(20))
    answers = threading.Event()
    answers.set()
    real = os.write

    def slow(*arguments: Any) -> int:
        answers.wait()
        return real(*arguments)

    monkeypatch.setattr(os, "write", slow)
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:200]))
        it.wait(Started)
        begun = time.monotonic()
        answers.clear()
        it.feed((microphone, sent[200:600]))
        (told,) = it.wait(Failed)
        assert told.code is FailureCode.DISK_STALLED
        assert time.monotonic() - begun < 2 * SLOWNESS
        answers.set()
        it.wait(Started, 2)
        it.feed((microphone, sent[600:]))
        it.close()
        it.wait(Closed)
        assert verify(it.folder) == []
        (row,) = it.segments(MICROPHONE)
        assert row.frames == 1000
        assert it.gaps(MICROPHONE) == []


def test_silence_is_no_alarm(tmp_path: Path) -> None:
    sent = media.packets(Codec.OPUS, media.tone(10))
    with desk(tmp_path) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:100]))
        it.wait(Started)
        microphone.gap("muted")
        it.now += 60
        it.sealed(1)  # the silence is noticed, its segment sealed
        time.sleep(1.6)  # longer than a disk may take
        it.assert_healthy()


def test_too_little_space_refuses_what_is_new_and_not_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = media.packets(Codec.OPUS, media.tone(20))
    reserve, free = 1000, 2000

    def usage(_: Path) -> SimpleNamespace:
        return SimpleNamespace(free=free)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    with desk(tmp_path, reserve=reserve) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:100]))
        it.wait(Started)
        free = 10
        it.feed((microphone, sent[100:]))
        other = it.recorder.open_session("other")
        it.feed((other.track("p1", MICROPHONE, Codec.OPUS, 48000), sent[:100]))
        (told,) = it.wait(Failed)
        assert (told.session, told.code) == ("other", FailureCode.DISK_FULL)
        it.close()
        assert [row.frames for row in it.segments(MICROPHONE)] == [1000]
        assert not list((tmp_path / "other").rglob("*.webm*"))
