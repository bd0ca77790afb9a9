"""A sealed segment as a browser's Media Source takes it.

WebM goes out as it was recorded, byte ranges and all. Browsers take H.264 only in MP4, so those
segments are put into fragmented MP4 on the way out: the same coded frames, nothing re-encoded.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from recordings.ebml import scan
from recordings.model import Codec
from recordings.records import Segment

_CHUNK = 256 * 1024
_HEAD = 4096
_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


class NotPlayable(Exception):
    """The segment's file is missing, unreadable or damaged."""


@dataclass(frozen=True, slots=True)
class Playable:
    """What to answer a player with. ``size`` is in bytes."""

    content_type: str
    size: int
    _file: Path | None
    _bytes: bytes

    def read(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """The bytes ``first`` to ``last``, both included as in HTTP, in chunks. Reads the disk."""
        end = self.size if last is None else min(last + 1, self.size)
        if self._file is None:
            yield self._bytes[first:end]
            return
        with self._file.open("rb") as file:
            file.seek(first)
            while first < end and (chunk := file.read(min(_CHUNK, end - first))):
                first += len(chunk)
                yield chunk


def playable(folder: Path, segment: Segment) -> Playable:
    """Open a segment of the session in ``folder``; to be called off the loop.

    Raises NotPlayable. A file outside the folder, whatever the journal says, is never opened.
    """
    path = segment_path(folder, segment)
    try:
        if segment.codec is Codec.H264:
            data = _as_mp4(path)
            return Playable(content_type(path, segment), len(data), None, data)
        return Playable(content_type(path, segment), path.stat().st_size, path, b"")
    except (OSError, av.FFmpegError, ValueError) as error:
        raise NotPlayable(segment.file) from error


def segment_path(folder: Path, segment: Segment) -> Path:
    """Where a segment's file is. Raises NotPlayable if there is none inside the folder."""
    path = (folder / segment.file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotPlayable(segment.file)
    return path


def content_type(path: Path, segment: Segment) -> str:
    """The media type with codecs that ``MediaSource.isTypeSupported`` and a Source Buffer want.

    Raises ValueError when the file does not say, OSError.
    """
    if segment.codec is Codec.OPUS:
        return 'audio/webm; codecs="opus"'
    if segment.codec is Codec.VP8:
        return 'video/webm; codecs="vp8"'
    with path.open("rb") as file:
        config = scan(file.read(_HEAD)).config
    if len(config) < 4:
        raise ValueError("no decoder configuration")
    return f'video/mp4; codecs="avc1.{config[1:4].hex()}"'


def _as_mp4(path: Path) -> bytes:
    target = io.BytesIO()
    with (
        av.open(path) as source,
        av.open(target, "w", format="mp4", options=_FRAGMENTED) as copy,
    ):
        stream = source.streams.video[0]
        track = copy.add_stream_from_template(stream)
        track.time_base = Fraction(1, 90000)
        for packet in source.demux(stream):
            if packet.size and packet.pts is not None:
                packet.dts = packet.pts  # live H.264 has no frames out of order
                packet.stream = track
                copy.mux(packet)
    return target.getvalue()
