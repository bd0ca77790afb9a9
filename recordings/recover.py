"""After a crash: every file that was being written is finished, sealed and journalled.

Nothing is deleted. What follows the last whole frame of a file is half a frame, which no player
can show; it is cut off, and the cluster it stood in gets its true size.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from recordings.ebml import Contents, Element, scan
from recordings.journal import NAME, Journal
from recordings.lane import file_parts
from recordings.model import Codec, TrackKind
from recordings.records import CloseMark, Segment
from recordings.sink import PART, seal_file

log = logging.getLogger(__name__)


def recover(root: Path) -> list[Segment]:
    """Recover every session below ``root``; the new records.

    A session that another process is recording is left alone; one that the disk refuses is logged
    and left for the next start.
    """
    segments: list[Segment] = []
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        try:
            segments += recover_session(folder)
        except BlockingIOError:
            continue
        except OSError:
            log.exception("recording.recover_failed", extra={"session": folder.name})
    return segments


def recover_session(folder: Path) -> list[Segment]:
    """Recover one session's folder. Raises OSError."""
    parts = list(_media(folder))
    if not parts and not (folder / NAME).exists():
        return []
    journal = Journal(folder)
    try:
        known = {record.file for record in journal.records if isinstance(record, Segment)}
        lost = [path for path in parts if path.relative_to(folder).as_posix() not in known]
        segments = [journal.append(_finish(folder, path)) for path in lost]
        journal.flush()
        return segments
    finally:
        journal.close()


def finish_session(folder: Path, at: float) -> None:
    """Close a session that nobody will go on with: its relay crashed and it is over.

    Raises OSError; BlockingIOError when somebody does record it.
    """
    recover_session(folder)
    journal = Journal(folder)
    try:
        if journal.records and not isinstance(journal.records[-1], CloseMark):
            journal.append(CloseMark(at=at, reason="crash"))
            journal.flush()
    finally:
        journal.close()


def _media(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*/*")):
        if path.is_file() and file_parts(path.relative_to(folder).as_posix()):
            yield path


def _finish(folder: Path, path: Path) -> Segment:
    modified = path.stat().st_mtime
    contents = scan(path.read_bytes())
    if path.suffix == PART and contents.frames:
        _repair(path, contents)
    sealed = seal_file(path)
    file = path.relative_to(folder).as_posix().removesuffix(PART)
    named = file_parts(file)
    assert named is not None
    participant, track, index = named
    started = modified - contents.duration if contents.started is None else contents.started
    return Segment(
        participant=participant,
        track=track,
        index=index,
        file=file,
        codec=contents.codec or _likely_codec(track, file),
        start=started,
        duration=contents.duration,
        frames=contents.frames,
        lost_packets=0,
        bytes=sealed.bytes,
        sha256=sealed.sha256,
        recovered=True,
    )


def _repair(path: Path, contents: Contents) -> None:
    with path.open("r+b") as file:
        file.truncate(contents.end)
        cluster = contents.torn
        if cluster is not None and contents.end > cluster.body:
            _resize(file.fileno(), cluster, contents.end)


def _resize(fd: int, cluster: Element, end: int) -> None:
    """Give a torn cluster the size it has; its size field is always 8 bytes long."""
    size = (1 << 56 | end - cluster.body).to_bytes(8, "big")
    os.pwrite(fd, size, cluster.body - 8)


def _likely_codec(track: TrackKind, file: str) -> Codec:
    if track is TrackKind.MICROPHONE:
        return Codec.OPUS
    return Codec.H264 if file.endswith(Codec.H264.suffix) else Codec.VP8
