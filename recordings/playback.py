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
from recordings.excerpt import since
from recordings.media_file import Media, Unreadable, open_media, read_all
from recordings.model import Codec
from recordings.records import Segment
from recordings.vault import Vault

_HEAD = 4096
_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


class NotPlayable(Exception):
    """The segment's file is missing, unreadable or damaged."""


@dataclass(frozen=True, slots=True)
class Playable:
    """What to answer a player with. ``size`` is in bytes."""

    content_type: str
    size: int
    _media: Media | bytes

    def read(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """The bytes ``first`` to ``last``, both included as in HTTP, in chunks. Reads the disk."""
        end = self.size if last is None else min(last + 1, self.size)
        if isinstance(self._media, bytes):
            yield self._media[first:end]
        else:
            yield from self._media.read(first, end)

    def since(self, seconds: float) -> Iterator[bytes]:
        """What a browser needs to show the moment ``seconds`` after the start and what follows.

        MP4 is made as a whole and goes as a whole. Reads the disk.
        """
        if isinstance(self._media, bytes):
            return iter((self._media,))
        return since(self._media.read(), int(seconds * 1000))


def playable(folder: Path, segment: Segment, vault: Vault | None = None) -> Playable:
    """Open a segment of the session in ``folder``; to be called off the loop.

    Raises NotPlayable. A file outside the folder, whatever the journal says, is never opened.
    """
    path = segment_path(folder, segment)
    try:
        return playable_media(open_media(path, vault), segment)
    except (OSError, Unreadable) as error:
        raise NotPlayable(segment.file) from error


def playable_media(media: Media, segment: Segment) -> Playable:
    """Make a segment's media ready to be sent, wherever it lies. Raises NotPlayable.

    Its beginning is read: where nothing can be had, that is known before anything is sent.
    """
    try:
        next(media.read(0, 1), b"")
        if segment.codec is Codec.H264:
            data = _as_mp4(read_all(media))
            return Playable(content_type(media, segment), len(data), data)
        return Playable(content_type(media, segment), media.size, media)
    except (OSError, Unreadable, av.FFmpegError, ValueError) as error:
        raise NotPlayable(segment.file) from error


def segment_path(folder: Path, segment: Segment) -> Path:
    """Where a segment's file is. Raises NotPlayable if there is none inside the folder."""
    path = (folder / segment.file).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NotPlayable(segment.file)
    return path


def content_type(media: Media, segment: Segment) -> str:
    """The media type with codecs that ``MediaSource.isTypeSupported`` and a Source Buffer want.

    Raises ValueError when the file does not say, Unreadable, OSError.
    """
    if segment.codec is Codec.OPUS:
        return 'audio/webm; codecs="opus"'
    if segment.codec is Codec.VP8:
        return 'video/webm; codecs="vp8"'
    config = scan(b"".join(media.read(0, _HEAD))).config
    if len(config) < 4:
        raise ValueError("no decoder configuration")
    return f'video/mp4; codecs="avc1.{config[1:4].hex()}"'


def _as_mp4(data: bytes) -> bytes:
    target = io.BytesIO()
    with (
        av.open(io.BytesIO(data), "r") as source,
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
