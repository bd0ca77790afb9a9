"""A second volume: used when the first fails or hangs, and brought home afterwards."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from recordings import sink
from recordings.events import Closed, Failed, FailureCode, Started
from recordings.homecoming import bring_home
from recordings.journal import NAME, read
from recordings.model import Codec, GapCause, TrackKind
from recordings.records import Gap, Segment, StartMark
from recordings.recover import recover
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import SESSION, Desk, desk, vault_in
from tests.support.waiting import SLOWNESS

MICROPHONE, CAMERA = TrackKind.MICROPHONE, TrackKind.CAMERA


def on(root: Path, fd: int) -> bool:
    return Path(f"/proc/self/fd/{fd}").readlink().is_relative_to(root)


def feed_slowly(it: Desk, track: object, sent: list[media.Packet], count: int) -> list[Started]:
    """Feed until the recording has begun ``count`` times, faster than life."""
    for at in range(0, len(sent), 5):
        if len(it.of(Started)) >= count:
            break
        it.feed((track, sent[at : at + 5]))  # type: ignore[arg-type]
        time.sleep(0.05)
    return it.wait(Started, count)


def check_home(it: Desk, second: Path) -> list[Segment]:
    """Bring it home; the whole session is one again and whole."""
    away = second / SESSION
    assert verify(away) == []
    assert bring_home(away, it.folder, it.vault) > 0
    assert bring_home(away, it.folder, it.vault) == 0
    assert not away.exists()
    assert verify(it.folder) == []
    rows = it.segments(MICROPHONE)
    assert [row.index for row in rows] == list(range(len(rows)))
    long = [row for row in rows if row.duration > 1]
    assert all(media.decode_sound(it.plain(row))[1] > 0.9 for row in long)
    return rows


def test_what_the_first_volume_refuses_goes_to_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    sent = media.packets(Codec.OPUS, media.tone(80))
    broken = False
    real = os.write

    def write(fd: int, data: Any) -> int:
        if broken and on(first, fd):
            raise OSError(30, "Read-only file system")
        return real(fd, data)

    monkeypatch.setattr(os, "write", write)
    with desk(first, second=second, vault=vault_in(tmp_path / "keys")) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:200]))
        it.wait(Started)
        broken = True
        begun = time.monotonic()
        feed_slowly(it, microphone, sent[200:2000], 2)
        assert time.monotonic() - begun < 5 * SLOWNESS
        assert {told.code for told in it.of(Failed)} == {FailureCode.DISK_ERROR}
        broken = False
        it.feed((microphone, sent[2000:]))
        it.close()
        it.wait(Closed)
        gap = next(row for row in read(second / SESSION) if isinstance(row, Gap))
        assert gap.cause is GapCause.DISK
        rows = check_home(it, second)
        assert sum(row.frames for row in rows) > 2000
        assert [mark.reason for mark in it.records(StartMark)] == ["first", "disk"]


def test_a_hanging_volume_is_left_for_the_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    sent = media.packets(Codec.OPUS, media.tone(40))
    answers = threading.Event()
    answers.set()
    real = sink._datasync

    def sync(fd: int) -> None:
        if on(first, fd):
            answers.wait()
        real(fd)

    monkeypatch.setattr(sink, "_datasync", sync)
    with desk(first, second=second, vault=vault_in(tmp_path / "keys")) as it:
        microphone = it.microphone()
        it.feed((microphone, sent[:200]))
        it.wait(Started)
        answers.clear()
        begun = time.monotonic()
        feed_slowly(it, microphone, sent[200:1200], 2)
        assert time.monotonic() - begun < 5 * SLOWNESS
        assert {told.code for told in it.of(Failed)} == {FailureCode.DISK_STALLED}
        it.session.pause("a break")
        it.session.resume()
        it.feed((microphone, sent[1200:]))
        microphone.end(None)
        answers.set()
        it.close()
        it.wait(Closed)
        assert len(check_home(it, second)) >= 2


def test_a_crash_on_the_second_volume_is_recovered_and_brought_home(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    sent = media.packets(Codec.OPUS, media.tone(3))
    vault = vault_in(tmp_path / "keys")
    for root in (first, second):
        with desk(root, vault=vault) as it:
            it.feed((it.microphone(), sent))
            it.close()
    (second / SESSION / NAME).unlink()
    sealed = second / SESSION / "p1/microphone-000000.webm"
    sealed.rename(sealed.with_name(f"{sealed.name}.part"))
    recover(second, vault)
    it.folder = first / SESSION
    (found,) = read(second / SESSION)
    assert (
        bring_home(second / SESSION, it.folder, vault) == 0
    )  # the same bytes: they are there already
    assert isinstance(found, Segment)
    assert verify(it.folder) == []
