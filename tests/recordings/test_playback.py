"""What a player gets, decoded as a player would."""

import io
from dataclasses import replace
from pathlib import Path

import av
import pytest

from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable, Playable, playable
from recordings.records import Segment
from tests.recordings import media
from tests.recordings.desk import desk


def recorded(root: Path, codec: Codec) -> tuple[Path, Segment, Playable]:
    frames = media.tone(3) if codec is Codec.OPUS else media.video(codec, 3, 1)
    with desk(root) as it:
        it.feed((it.camera(codec), media.packets(codec, frames)))
        it.close()
        (row,) = it.segments(TrackKind.CAMERA)
        return it.folder, row, playable(it.folder, row)


@pytest.mark.parametrize(
    ("codec", "content_type"),
    [(Codec.VP8, 'video/webm; codecs="vp8"'), (Codec.OPUS, 'audio/webm; codecs="opus"')],
)
def test_webm_is_served_as_it_was_recorded(tmp_path: Path, codec: Codec, content_type: str) -> None:
    folder, row, found = recorded(tmp_path, codec)
    data = (folder / row.file).read_bytes()
    assert (found.content_type, found.size) == (content_type, row.bytes)
    assert b"".join(found.read()) == data
    assert b"".join(found.read(100, 199)) == data[100:200]
    assert b"".join(found.read(row.bytes - 5, row.bytes + 100)) == data[-5:]
    assert b"".join(found.read(row.bytes)) == b""


def test_every_key_frame_and_no_other_is_marked_as_one(tmp_path: Path) -> None:
    data = b"".join(recorded(tmp_path, Codec.VP8)[2].read())
    frames = media.video(Codec.VP8, 3, 1)
    # The flags stand right before the frame; demuxers that know VP8 look past them, browsers not.
    flags = [data[data.index(frame.data) - 1] for frame in frames]
    assert [number for number, flag in enumerate(flags) if flag == 0x80] == [0, 25, 50]
    assert {flags[number] for number in range(75) if number % 25} == {0}


def test_h264_is_served_as_fragmented_mp4(tmp_path: Path) -> None:
    _, row, found = recorded(tmp_path, Codec.H264)
    data = b"".join(found.read())
    assert len(data) == found.size
    assert b"".join(found.read(10, 19)) == data[10:20]
    assert found.content_type.startswith('video/mp4; codecs="avc1.42c0')
    assert data[4:8] == b"ftyp"
    assert b"moof" in data
    assert b"avcC" in data
    with av.open(io.BytesIO(data), "r") as container:
        shown = [(frame.time, media.number_in(frame)) for frame in container.decode(video=0)]
    times, numbers = [time for time, _ in shown], [number for _, number in shown]
    assert numbers == list(range(row.frames))
    assert times == pytest.approx([number / media.FPS for number in numbers], abs=0.002)


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])
def test_what_cannot_be_played_is_one_error(tmp_path: Path, codec: Codec) -> None:
    folder, row, _ = recorded(tmp_path, codec)
    outside = tmp_path / "outside"
    outside.write_bytes(b"secret")
    for file in ("../outside", str(outside), "p1", "p1/none.webm"):
        with pytest.raises(NotPlayable):
            playable(folder, replace(row, file=file))


def test_a_damaged_h264_file_is_the_same_error(tmp_path: Path) -> None:
    folder, row, _ = recorded(tmp_path, Codec.H264)
    (folder / row.file).write_bytes(bytes(3000))
    with pytest.raises(NotPlayable):
        playable(folder, row)
