"""The copy to hand on: what is seen and heard in it is what was recorded, at its time."""

import hashlib
import re
from array import array
from dataclasses import dataclass
from pathlib import Path

import av
import pytest

from recordings import export as exporting
from recordings.export import NothingRecorded, export
from recordings.export_sources import SourceChanged
from recordings.lettering import HEIGHT, lettered, strip
from recordings.model import Codec, GapCause, TrackKind
from tests.recordings import media
from tests.recordings.desk import START, Desk, desk
from tests.support.tamper import bent

SECONDS, GAP = 8, (3.0, 5.0)
LABELS = {"p1": "律师", "p2": "调解员"}
FPS = 25
TILE, STRIP = (960, 540), 32
ROOT = Path(__file__).parents[2]
SOURCES = [
    ROOT / "recordings/export.py",
    ROOT / "recordings/export_sources.py",
    ROOT / "server/exports/worker.py",
]


@pytest.fixture
def recorded(tmp_path: Path) -> Desk:
    """Two people for 8 s; the second one's camera is off from 3 to 5 s."""
    with desk(tmp_path / "recordings") as it:
        first = it.track(TrackKind.CAMERA, Codec.VP8, "p1")
        second = it.track(TrackKind.CAMERA, Codec.H264, "p2")
        voice = it.track(TrackKind.MICROPHONE, Codec.OPUS, "p1")
        one = media.packets(Codec.VP8, media.video(Codec.VP8, SECONDS, 1.0))
        two = media.packets(Codec.H264, media.video(Codec.H264, SECONDS, 1.0))
        sound = media.packets(Codec.OPUS, media.tone(SECONDS))
        parts = ((0.0, GAP[0]), (GAP[0], GAP[1]), (GAP[1], float(SECONDS)))
        for number, (begin, end) in enumerate(parts):
            rows = [[p for p in sent if begin <= p.at < end] for sent in (one, two, sound)]
            if number == 1:
                second.end(GapCause.CAMERA_OFF)
                rows[1] = []
            if number == 2:
                second = it.track(TrackKind.CAMERA, Codec.H264, "p2")
            it.feed((first, rows[0]), (second, rows[1]), (voice, rows[2]))
        it.close()
        it.assert_healthy()
    return it


@dataclass(frozen=True)
class Shown:
    at: float
    left: int
    right: int
    grey: int


def shown(path: Path) -> list[Shown]:
    with av.open(path, "r") as file:
        return [_read(frame) for frame in file.decode(video=0)]


def _read(frame: av.VideoFrame) -> Shown:
    luma = frame.planes[0]
    row = bytes(luma)[luma.line_size * (TILE[1] // 4) :][: frame.width]
    corner = bytes(luma)[luma.line_size * 8 + TILE[0] + 8]
    return Shown(frame.time or 0.0, _number(row[: TILE[0]]), _number(row[TILE[0] :]), corner)


def _number(row: bytes) -> int:
    """The number that a picture of 900 dots in a tile of 960 spells."""
    cell = 900 / 16
    return sum(1 << bit for bit in range(16) if row[int(30 + (bit + 0.5) * cell)] > 125)


def heard(path: Path) -> "array[int]":
    samples = array("h")
    resampler = av.AudioResampler("s16", "mono", 48000)
    with av.open(path, "r") as file:
        assert file.streams.audio[0].codec_context.name == "aac"
        assert file.streams.video[0].codec_context.name == "h264"
        for frame in file.decode(audio=0):
            for part in resampler.resample(frame):
                samples.frombytes(bytes(part.planes[0])[: part.samples * 2])
    return samples


def make(it: Desk, tmp_path: Path, told: exporting.Told = lambda done: None) -> exporting.Exported:
    return export(it.folder, tmp_path / "work", tmp_path / "copy.mp4", LABELS, told)


def test_everybody_is_side_by_side_at_their_time(recorded: Desk, tmp_path: Path) -> None:
    told: list[float] = []
    made = make(recorded, tmp_path, told.append)
    frames = shown(tmp_path / "copy.mp4")
    assert len(frames) == pytest.approx(SECONDS * FPS, abs=3)
    for frame in frames[5:-5]:
        assert frame.left == pytest.approx(frame.at * FPS, abs=2)
        if not GAP[0] - 0.2 < frame.at < GAP[1] + 0.2:
            assert frame.right == pytest.approx(frame.at * FPS, abs=2)
        elif GAP[0] + 0.2 < frame.at < GAP[1] - 0.2:
            assert frame.grey == pytest.approx(72, abs=3)
    assert told == sorted(told)
    assert told[-1] == 1
    assert made.seconds == pytest.approx(SECONDS, abs=0.1)
    assert not (tmp_path / "work").exists()


def test_sound_is_there_all_the_time(recorded: Desk, tmp_path: Path) -> None:
    make(recorded, tmp_path)
    samples = heard(tmp_path / "copy.mp4")
    assert len(samples) / 48000 == pytest.approx(SECONDS, abs=0.1)
    loud = [max(map(abs, samples[at : at + 4800])) for at in range(4800, 48000 * 7, 4800)]
    assert min(loud) > 6000


def test_the_copy_names_its_source_and_has_its_own_hash(recorded: Desk, tmp_path: Path) -> None:
    made = make(recorded, tmp_path)
    data = (tmp_path / "copy.mp4").read_bytes()
    assert (made.sha256, made.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    kinds = (TrackKind.CAMERA, TrackKind.MICROPHONE)
    assert set(made.segments) == {one.sha256 for kind in kinds for one in recorded.segments(kind)}
    with av.open(tmp_path / "copy.mp4", "r") as file:
        assert made.journal in file.metadata["comment"]


class Killed(Exception):
    pass


def test_who_is_interrupted_goes_on_with_the_first_missing_part(
    recorded: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART_S", 2)

    def kill(done: float) -> None:
        if done > 0.55:
            raise Killed

    with pytest.raises(Killed):
        make(recorded, tmp_path, kill)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").glob("*.mov")}
    assert len(kept) == 2
    told: list[float] = []

    def look(done: float) -> None:
        told.append(done)
        if len(told) == 1:
            assert {path: path.stat().st_mtime_ns for path in kept} == kept

    make(recorded, tmp_path, look)
    assert told[0] == pytest.approx(0.5, abs=0.05)
    frames = shown(tmp_path / "copy.mp4")
    assert len(frames) == pytest.approx(SECONDS * FPS, abs=3)
    assert all(frame.left == pytest.approx(frame.at * FPS, abs=2) for frame in frames[5:-5])
    assert len(heard(tmp_path / "copy.mp4")) / 48000 == pytest.approx(SECONDS, abs=0.1)


def test_a_changed_segment_stops_the_export(recorded: Desk, tmp_path: Path) -> None:
    (segment,) = recorded.segments(TrackKind.MICROPHONE)
    path = recorded.folder / segment.file
    path.write_bytes(bent(path.read_bytes()))
    with pytest.raises(SourceChanged, match="microphone"):
        make(recorded, tmp_path)
    assert not (tmp_path / "copy.mp4").exists()


def test_nothing_recorded_is_no_copy(tmp_path: Path) -> None:
    with desk(tmp_path / "recordings", START) as it:
        it.close()
    it.folder.mkdir(parents=True, exist_ok=True)
    (it.folder / "journal.jsonl").touch()
    with pytest.raises(NothingRecorded):
        make(it, tmp_path)


@pytest.mark.parametrize(("tiles", "size"), [(1, (1280, 752)), (2, (1920, 572)), (6, (1920, 784))])
def test_a_grid_holds_everybody(tiles: int, size: tuple[int, int]) -> None:
    grid = exporting.grid_for(tiles)
    assert grid.size == size
    assert len({grid.place(number) for number in range(tiles)}) == tiles


def test_letters_are_as_wide_as_their_signs() -> None:
    assert [len(row) for row in lettered("律师 08:00")] == [2 * 24 + 6 * 12] * HEIGHT
    assert lettered("鑫") == lettered("")
    bright = bytes(strip(640, 32, "律师", "2026-11-23 12:00:00").planes[0])
    assert max(bright) > 200


def test_every_word_of_ours_can_be_written() -> None:
    ours = "".join(source.read_text("utf8") for source in SOURCES)
    words = re.findall(r'"([\u4e00-\u9fff]+)"', ours)
    assert {"静音", "共享画面", "当事人", "无画面"} <= set(words)
    for word in words:
        assert len(lettered(word)[0]) == HEIGHT * len(word), word
