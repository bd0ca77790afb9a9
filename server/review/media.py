"""Bytes of a segment, found and sent.

Where the file is, and that it lies in its session's folder, is ``recordings.playback``'s to say;
the name it looks for comes from the database row alone. What is only in the archive is read from
there while it is sent, and nothing of it stays here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from recordings.checked import Checked
from recordings.media_file import Changed, Media, Unreadable, open_arriving, read_all
from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable, Playable, playable_media, segment_path
from recordings.records import Segment as Record
from recordings.sealed_file import Source
from recordings.thumbnail import thumbnail
from recordings.vault import Vault
from recordings.voice import voice
from server.storage.schema import Segment
from server.web.ranges import send_chunks, send_range
from signaling.errors import Conflict, NotFound

T = TypeVar("T")


class SegmentMissing(NotFound):
    """The row is there, its file is not or is damaged: somebody must look."""

    code = "segment_missing"
    message = "这一段录像的文件无法读取，请联系管理员。"


class SegmentChanged(Conflict):
    """Another file lies where the segment was: not a byte of it is shown."""

    code = "segment_changed"
    message = "这一段录像的文件与录制时不一致，不能播放。已列入待办，请管理员核对。"


@dataclass(frozen=True, slots=True)
class Opened:
    """A segment that somebody may watch; ``source``: it is not here, but in the archive.

    ``checked`` knows which files are what was recorded; ``changed`` is told of one that is not.
    """

    recordings: Path
    segment: Segment
    vault: Vault | None
    source: Source | None
    checked: Checked
    changed: Callable[[Segment], Awaitable[None]]

    @property
    def track(self) -> str:
        """Which kind of track it is of."""
        return self.segment.track

    async def playable(self) -> Playable:
        """Make it ready for a browser; raise SegmentMissing where that cannot be done, and
        SegmentChanged.
        """
        return await self._read(lambda: playable_media(self._media(), record_of(self.segment)))

    async def voice(self) -> list[int]:
        """Return a microphone's who-spoke levels, one a second; raise as ``playable``."""
        return await self._read(lambda: voice(read_all(self._media())))

    async def picture(self) -> bytes:
        """Return a camera's first picture, small, as JPEG; raise as ``playable``."""
        return await self._read(lambda: thumbnail(self._media(), self.segment.file))

    def _media(self) -> Media:
        segment = self.segment
        if self.source is not None:
            return open_arriving(self.source, segment.session_id, self.vault, segment.bytes)
        folder = self.recordings / segment.session_id
        path = segment_path(folder, record_of(segment))
        return self.checked.open(path, self.vault, segment.sha256)

    async def _read(self, work: Callable[[], T]) -> T:
        """Off the loop: it reads the disk, and decrypts."""
        try:
            return await asyncio.to_thread(work)
        except Changed:
            await self.changed(self.segment)
            raise SegmentChanged from None
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
