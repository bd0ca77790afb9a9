"""Bytes of a segment, found and sent.

Where the file is, and that it lies in its session's folder, is ``recordings.playback``'s to say;
the name it looks for comes from the database row alone.
"""

import asyncio
from pathlib import Path

from aiohttp import web

from recordings.media_file import Unreadable, open_media, read_all
from recordings.model import Codec, TrackKind
from recordings.playback import NotPlayable, Playable, playable, segment_path
from recordings.records import Segment as Record
from recordings.vault import Vault
from recordings.voice import voice
from server.storage.schema import Segment
from server.web.ranges import send_range
from signaling.errors import NotFound


class SegmentMissing(NotFound):
    """The row is there, its file is not or is damaged: somebody must look."""

    code = "segment_missing"
    message = "这一段录像的文件无法读取，请联系管理员。"


async def open_segment(recordings: Path, segment: Segment, vault: Vault | None) -> Playable:
    """Open a segment for a browser; raise SegmentMissing where that cannot be done."""
    try:
        return await asyncio.to_thread(
            playable, recordings / segment.session_id, record_of(segment), vault
        )
    except NotPlayable:
        raise SegmentMissing from None


async def voice_of(recordings: Path, segment: Segment, vault: Vault | None) -> list[int]:
    """Return who-spoke levels of a microphone's segment, one a second; raise SegmentMissing."""
    record = record_of(segment)

    def read() -> list[int]:
        path = segment_path(recordings / segment.session_id, record)
        return voice(read_all(open_media(path, vault)))

    try:
        return await asyncio.to_thread(read)
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


async def send(request: web.Request, media: Playable) -> web.StreamResponse:
    """Send the segment, or the part of it that was asked for."""
    return await send_range(request, media.size, media.content_type, media.read)
