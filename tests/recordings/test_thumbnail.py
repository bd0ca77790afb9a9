"""The small picture of a segment is its first one, of which no more is read than needed."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import pytest

from recordings.media_file import Media, open_media
from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable
from recordings.thumbnail import WIDTH, thumbnail
from tests.recordings import media
from tests.recordings.desk import desk, vault_in


@dataclass
class Watched:
    """Media that keeps which bytes were read."""

    media: Media
    most: int = 0
    sizes: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.media.size

    def read(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        self.most = max(self.most, self.size if end is None else min(end, self.size))
        yield from self.media.read(first, end)


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.H264])
def test_the_first_picture_small(tmp_path: Path, codec: Codec) -> None:
    with desk(tmp_path / "recordings", vault=vault_in(tmp_path / "keys")) as it:
        frames = media.video(codec, 28, 14)
        it.feed((it.camera(codec), media.packets(codec, frames)))
        it.close()
        (row,) = it.segments(TrackKind.CAMERA)
    watched = Watched(open_media(it.folder / row.file, it.vault))
    data = thumbnail(watched, row.file)
    with av.open(io.BytesIO(data), "r", format="mjpeg") as jpeg:
        (picture,) = jpeg.decode(video=0)
    assert picture.width == WIDTH
    assert picture.height == pytest.approx(WIDTH * media.HEIGHT / media.WIDTH, abs=2)
    assert media.number_in(picture) == 0
    assert watched.most < watched.size * 0.8


def test_what_has_no_picture_has_none(tmp_path: Path) -> None:
    path = tmp_path / "5e55" / "p1" / "camera-000000.webm"
    path.parent.mkdir(parents=True)
    for content in (b"", b"nothing of the kind" * 100):
        path.write_bytes(content)
        with pytest.raises(NotPlayable):
            thumbnail(open_media(path, None), path.name)
