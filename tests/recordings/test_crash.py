"""kill -9 while recording: what was recorded plays, is sealed, and little is missing.

`TEST_SLOWNESS=1 pytest tests/recordings/test_crash.py --kills 200` kills at 200 random moments.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from recordings import journal
from recordings.ebml import scan
from recordings.events import Started
from recordings.model import Codec, TrackKind
from recordings.playback import playable
from recordings.records import Segment
from recordings.recover import recover, recover_session
from recordings.verify import verify
from tests.recordings import media
from tests.recordings.desk import SESSION, desk, vault_in
from tests.support.waiting import SLOWNESS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kill" in metafunc.fixturenames:
        metafunc.parametrize("kill", range(metafunc.config.getoption("--kills")))


def killed(root: Path, after: float) -> tuple[float, float]:
    """Record in another process, kill it ``after`` the first packet; when it and the last went."""
    command = [sys.executable, "-m", "tests.recordings.writing", str(root)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    first = float(child.stdout.readline())
    time.sleep(max(0.0, first + after - time.time()))
    child.kill()
    last = [float(line) for line in child.stdout.read().splitlines() if line.count(".") == 1]
    child.stdout.close()
    child.wait()
    return first, last[-1] if last else first


def test_a_killed_recorder_loses_less_than_a_second(
    tmp_path: Path, kill: int, record_property: Callable[[str, object], None]
) -> None:
    root = tmp_path / "recordings"
    begin, end = killed(root, random.Random(kill).uniform(0.05, 3.8))
    vault = vault_in(Path(f"{root}-keys"))
    recovered = recover(root, vault)
    folder = root / SESSION
    assert verify(folder, is_open=True) == [] or not folder.exists()
    assert not list(folder.rglob("*.part"))
    kept = {row.track: row.end for row in recovered if row.frames}
    lost = max(end - kept.get(kind, begin) for kind in TrackKind)
    record_property("lost_s", lost)
    assert lost < 1.0 * SLOWNESS
    for row in [row for row in recovered if row.frames]:
        assert row.recovered
        shown = tmp_path / row.file.replace("/", "-")
        shown.write_bytes(b"".join(playable(folder, row, vault).read()))
        assert playable_frames(shown, row) == row.frames
    assert recover(root, vault) == []


def playable_frames(path: Path, row: Segment) -> int:
    if row.codec is Codec.OPUS:
        with av.open(path) as file:
            packets = sum(packet.size > 0 for packet in file.demux(audio=0))
        if packets > 25:  # of less the tone cannot be told
            seconds, purity = media.decode_sound(path)
            assert (round(seconds * 50), purity > 0.9) == (packets, True)
        return packets
    pictures = media.decode_pictures(path)
    assert [picture.number for picture in pictures] == list(range(len(pictures)))
    return len(pictures)


@pytest.mark.parametrize("codec", list(Codec))
def test_a_file_torn_anywhere_keeps_every_whole_frame(tmp_path: Path, codec: Codec) -> None:
    kind = TrackKind.CAMERA
    frames = media.tone(3) if codec is Codec.OPUS else media.video(codec, 3, 1)
    with desk(tmp_path) as it:
        it.feed((it.track(kind, codec), media.packets(codec, frames)))
        it.close()
        (row,) = it.segments(kind)
    whole = (tmp_path / SESSION / row.file).read_bytes()
    part = tmp_path / "torn" / f"{row.file}.part"
    part.parent.mkdir(parents=True)
    chance = random.Random(5)
    for size in [0, 1, 40, 300, *(chance.randrange(len(whole)) for _ in range(40)), len(whole)]:
        part.write_bytes(whole[:size])
        (found,) = recover_session(tmp_path / "torn")
        sealed = tmp_path / "torn" / row.file
        data = sealed.read_bytes()
        assert found.frames == scan(whole[:size]).frames
        assert found.start == pytest.approx(row.start, abs=0.1) or size < 100
        after = scan(data)
        assert after.frames == found.frames
        if found.frames:
            assert (after.end, after.torn) == (len(data), None)
        if found.frames and codec is not Codec.OPUS:
            assert len(media.decode_pictures(sealed)) == found.frames
            assert data[:200] == whole[:200]
        sealed.unlink()
        (tmp_path / "torn" / journal.NAME).unlink()
    assert found.frames


def test_a_file_sealed_but_not_journalled_is_journalled(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
        it.close()
        (row,) = it.segments(TrackKind.MICROPHONE)
    path = it.folder / journal.NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
    (found,) = recover(tmp_path)
    assert (found.file, found.sha256, found.frames) == (row.file, row.sha256, row.frames)
    assert found.duration == pytest.approx(row.duration, abs=0.001)
    assert verify(it.folder, is_open=True) == []


def test_damage_in_the_middle_is_sealed_as_it_is(tmp_path: Path) -> None:
    part = tmp_path / SESSION / "p1" / "camera-000004.webm.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(random.Random(1).randbytes(5000))
    (found,) = recover(tmp_path)
    assert (found.index, found.frames, found.bytes) == (4, 0, 5000)
    assert verify(tmp_path / SESSION, is_open=True) == []


def test_what_another_process_is_recording_is_left_alone(tmp_path: Path) -> None:
    with desk(tmp_path) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, media.tone(2))))
        it.wait(Started)
        assert recover(tmp_path) == []
        assert list(it.folder.rglob("*.part"))
        it.close()
        assert [row.frames for row in it.segments(TrackKind.MICROPHONE)] == [100]
