"""What a player gets, decoded as a player would."""

import io
from dataclasses import replace
from itertools import dropwhile
from pathlib import Path
from random import Random

import av
import pytest

from recordings.excerpt import since
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


@pytest.mark.parametrize(
    ("moment", "first"), [(0.0, 0), (0.99, 0), (1.0, 25), (1.9, 25), (2.4, 50), (99.0, 50)]
)
def test_since_a_moment_it_begins_with_the_key_frame_before(
    tmp_path: Path, moment: float, first: int
) -> None:
    found = recorded(tmp_path, Codec.VP8)[2]
    data = b"".join(found.since(moment))
    with av.open(io.BytesIO(data), "r") as container:
        # Browsers too leave out what the first cluster holds before its key frame.
        packets = dropwhile(lambda packet: not packet.is_keyframe, container.demux(video=0))
        shown = [frame for packet in packets for frame in packet.decode()]
    assert [media.number_in(frame) for frame in shown] == list(range(first, 75))
    assert shown[0].time == pytest.approx(first / media.FPS, abs=0.002)
    assert len(data) <= found.size * (75 - first + 25) / 75


def test_in_whatever_pieces_it_is_read_the_same_is_left(tmp_path: Path) -> None:
    data = b"".join(recorded(tmp_path, Codec.VP8)[2].read())
    wanted = b"".join(since(iter([data]), 1200))
    assert len(wanted) < len(data)
    assert data.endswith(wanted[-len(data) // 2 :])
    for size in (1, 7, 997, 5000):
        pieces = (data[at : at + size] for at in range(0, len(data), size))
        assert b"".join(since(pieces, 1200)) == wanted


def test_bytes_that_are_no_recording_pass_as_they_are(tmp_path: Path) -> None:
    data = b"".join(recorded(tmp_path, Codec.VP8)[2].read())
    chance = Random(4)
    for length in (0, 1, 40, 4095, 4096, 9000):
        rubbish = chance.randbytes(length)
        assert b"".join(since(iter([rubbish]), 500)) == rubbish
    for _ in range(300):
        torn = bytearray(data[: chance.randrange(len(data))])
        for _ in range(chance.randrange(20)):
            torn[chance.randrange(len(torn) or 1)] = chance.randrange(256)
        assert bytes(torn).endswith(b"".join(since(iter([bytes(torn)]), 1500))[-100:])


def test_h264_goes_as_a_whole(tmp_path: Path) -> None:
    found = recorded(tmp_path, Codec.H264)[2]
    assert b"".join(found.since(2.0)) == b"".join(found.read())


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
