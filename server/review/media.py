"""Bytes of a segment, found and sent.

Where the file is, and that it lies in its session's folder, is ``recordings.playback``'s to say;
the name it looks for comes from the database row alone. What is only in the archive is read from
there while it is sent, and nothing of it stays here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from recordings.media_file import Media, Unreadable, open_arriving, open_media, read_all
from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable, Playable, playable_media, segment_path
from recordings.records import Segment as Record
from recordings.sealed_file import Source
from recordings.thumbnail import thumbnail
from recordings.vault import Vault
from recordings.voice import voice
from server.storage.schema import Segment
from server.web.ranges import send_chunks, send_range
from signaling.errors import NotFound

T = TypeVar("T")


class SegmentMissing(NotFound):
    """The row is there, its file is not or is damaged: somebody must look."""

    code = "segment_missing"
    message = "这一段录像的文件无法读取，请联系管理员。"


@dataclass(frozen=True, slots=True)
class Opened:
    """A segment that somebody may watch; ``source``: it is not here, but in the archive."""

    recordings: Path
    segment: Segment
    vault: Vault | None
    source: Source | None = None

    @property
    def track(self) -> str:
        """Which kind of track it is of."""
        return self.segment.track

    async def playable(self) -> Playable:
        """Make it ready for a browser; raise SegmentMissing where that cannot be done."""
        return await _off_the_loop(lambda: playable_media(self._media(), record_of(self.segment)))

    async def voice(self) -> list[int]:
        """Return a microphone's who-spoke levels, one a second; raise SegmentMissing."""
        return await _off_the_loop(lambda: voice(read_all(self._media())))

    async def picture(self) -> bytes:
        """Return a camera's first picture, small, as JPEG; raise SegmentMissing."""
        return await _off_the_loop(lambda: thumbnail(self._media(), self.segment.file))

    def _media(self) -> Media:
        segment = self.segment
        if self.source is not None:
            return open_arriving(self.source, segment.session_id, self.vault, segment.bytes)
        folder = self.recordings / segment.session_id
        return open_media(segment_path(folder, record_of(segment)), self.vault)


async def _off_the_loop(work: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(work)
    except (NotPlayable, Unreadable, OSError):
        raise SegmentMissing from None


def record_of(segment: Segment) -> Record:
    """Return the row as the journal's record of it."""
    return Record(
        participant=segment.participant_id,
        track=TrackKind(segment.track),
        index=segment.index,
        file=segment.file,
        codec=Codec(segment.codec),
        start=segment.start_at.timestamp(),
        duration=segment.seconds,
        frames=segment.frames,
        lost_packets=0,
        bytes=segment.bytes,
        sha256=segment.sha256,
        recovered=False,
    )


async def send(
    request: web.Request, media: Playable, since: float | None = None
) -> web.StreamResponse:
    """Send the segment, or the part of it that was asked for: bytes, or all since a moment."""
    if since is not None:
        return await send_chunks(request, media.content_type, media.since(since))
    return await send_range(request, media.size, media.content_type, media.read)
