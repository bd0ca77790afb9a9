"""Reading a recording back with PyAV: what was seen, what was heard, for how long."""

import io
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av

from recordings import journal, records
from recordings.media_file import open_media, read_all
from recordings.model import TrackKind
from tests.recordings.desk import vault_in
from tests.support.media import Persona, Plane, read_persona, tone_share


@dataclass(frozen=True)
class Track:
    """The sealed segments of one participant's track, in order."""

    folder: Path
    segments: tuple[records.Segment, ...]

    @property
    def seconds(self) -> float:
        """From the first frame of the first segment to the last one's end."""
        return self.segments[-1].end - self.segments[0].start

    @property
    def frames(self) -> int:
        return sum(segment.frames for segment in self.segments)

    def media(self, segment: records.Segment) -> io.BytesIO:
        """A segment's media as it was recorded."""
        vault = vault_in(self.folder.parent.parent / "keys")
        return io.BytesIO(read_all(open_media(self.folder / segment.file, vault)))

    def pictures(self) -> Iterator[av.VideoFrame]:
        """Every picture, decoded."""
        for segment in self.segments:
            with av.open(self.media(segment), "r") as container:
                yield from container.decode(video=0)

    def personas(self) -> list[Persona | None]:
        """Whose picture each frame is."""
        return [_persona(frame) for frame in self.pictures()]

    def tone(self, hertz: int) -> float:
        """The best share of the tone in any tenth of a second (the tone is pulsed)."""
        return max(share for share in self._tenths(hertz))

    def _tenths(self, hertz: int) -> Iterator[float]:
        for segment in self.segments:
            with av.open(self.media(segment), "r") as container:
                resampler = av.AudioResampler("flt", "mono", 48_000)
                samples: list[float] = []
                for frame in container.decode(audio=0):
                    for piece in resampler.resample(frame):
                        samples += array("f", bytes(piece.planes[0])[: 4 * piece.samples])
                    while len(samples) >= 4800:
                        yield tone_share(samples[:4800], 48_000, hertz)
                        del samples[:4800]


def tracks(folder: Path) -> dict[tuple[str, TrackKind], Track]:
    """The tracks of a session's folder by participant and kind."""
    found: dict[tuple[str, TrackKind], list[records.Segment]] = {}
    for record in journal.read(folder):
        if isinstance(record, records.Segment):
            found.setdefault((record.participant, record.track), []).append(record)
    return {key: Track(folder, tuple(segments)) for key, segments in found.items()}


def _persona(frame: av.VideoFrame) -> Persona | None:
    _, u, v = (
        Plane(bytes(plane), plane.width, plane.height, plane.line_size) for plane in frame.planes
    )
    return read_persona(u, v)
