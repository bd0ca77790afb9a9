"""After a crash: every file that was being written is finished, sealed and journalled.

Nothing is deleted. What follows the last whole frame of a file is half a frame, which no player
can show; it is cut off, and the cluster it stood in gets its true size. An encrypted file whose
last cluster is torn is written anew: a record cannot be changed in its place.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from recordings.durable import write_whole
from recordings.ebml import Contents, Element, scan
from recordings.journal import NAME, Journal
from recordings.lane import file_parts
from recordings.model import Codec, TrackKind
from recordings.records import CloseMark, Segment
from recordings.sealed_file import (
    MOST,
    OVERHEAD,
    DataKey,
    Encryptor,
    Salvaged,
    end_torn,
    key_of,
    salvage,
)
from recordings.sink import PART, Sealed, seal_file
from recordings.vault import KeyGone, KeyUnavailable, Vault

log = logging.getLogger(__name__)


def recover(root: Path, vault: Vault | None = None) -> list[Segment]:
    """Recover every session below ``root``; the new records.

    A session that another process is recording is left alone; one that the disk refuses is logged
    and left for the next start.
    """
    segments: list[Segment] = []
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        try:
            segments += recover_session(folder, vault)
        except BlockingIOError:
            continue
        except OSError:
            log.exception("recording.recover_failed", extra={"session": folder.name})
    return segments


def recover_session(folder: Path, vault: Vault | None = None) -> list[Segment]:
    """Recover one session's folder. Raises OSError; KeyUnavailable when its key is not at hand."""
    parts = list(_media(folder))
    if not parts and not (folder / NAME).exists():
        return []
    journal = Journal(folder)
    try:
        known = {record.file for record in journal.records if isinstance(record, Segment)}
        lost = [path for path in parts if path.relative_to(folder).as_posix() not in known]
        segments = [journal.append(_finish(folder, path, vault)) for path in lost]
        journal.flush()
        return segments
    finally:
        journal.close()


def finish_session(folder: Path, at: float, vault: Vault | None = None) -> None:
    """Close a session that nobody will go on with: its relay crashed and it is over.

    Raises OSError; BlockingIOError when somebody does record it.
    """
    recover_session(folder, vault)
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


def _finish(folder: Path, path: Path, vault: Vault | None) -> Segment:
    modified = path.stat().st_mtime
    ident = key_of(path)
    if ident is None:
        contents, sealed = _seal_open(path)
    else:
        contents, sealed = _seal_encrypted(path, _key(folder.name, ident, vault))
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
        stored_bytes=sealed.stored_bytes,
        stored_sha256=sealed.stored_sha256,
    )


def _key(session: str, ident: str, vault: Vault | None) -> DataKey:
    if vault is None:
        raise KeyUnavailable("the file is encrypted, and no master key was given")
    try:
        return vault.find(session, ident)
    except KeyGone:
        raise KeyUnavailable(f"the session's key {ident} is missing") from None


def _seal_open(path: Path) -> tuple[Contents, Sealed]:
    contents = scan(path.read_bytes())
    if path.suffix == PART and contents.frames:
        _repair(path, contents)
    return contents, seal_file(path)


def _seal_encrypted(path: Path, key: DataKey) -> tuple[Contents, Sealed]:
    found = salvage(path, key)
    if found.rest > MOST + OVERHEAD:
        # More than a torn end: damage. It stays as it is for whoever can make something of it.
        return Contents(), seal_file(path)
    contents = scan(found.data)
    data = found.data if found.is_whole else _mended(path, key, found, contents)
    stored = seal_file(path)
    sha256 = hashlib.sha256(data).hexdigest()
    return contents, Sealed(len(data), sha256, stored.bytes, stored.sha256)


def _mended(path: Path, key: DataKey, found: Salvaged, contents: Contents) -> bytes:
    data = _repaired(found.data, contents) if contents.frames else found.data
    if data == found.data:
        end_torn(path, key, found)
        return data
    encryptor = Encryptor(key)
    write_whole(path, encryptor.header + encryptor.records(data) + encryptor.last())
    return data


def _repaired(data: bytes, contents: Contents) -> bytes:
    mended = bytearray(data[: contents.end])
    cluster = contents.torn
    if cluster is not None and contents.end > cluster.body:
        mended[cluster.body - 8 : cluster.body] = _size(cluster, contents.end)
    return bytes(mended)


def _repair(path: Path, contents: Contents) -> None:
    with path.open("r+b") as file:
        file.truncate(contents.end)
        cluster = contents.torn
        if cluster is not None and contents.end > cluster.body:
            os.pwrite(file.fileno(), _size(cluster, contents.end), cluster.body - 8)


def _size(cluster: Element, end: int) -> bytes:
    """The size a torn cluster has, as its size field, which is always 8 bytes long."""
    return (1 << 56 | end - cluster.body).to_bytes(8, "big")


def _likely_codec(track: TrackKind, file: str) -> Codec:
    if track is TrackKind.MICROPHONE:
        return Codec.OPUS
    return Codec.H264 if file.endswith(Codec.H264.suffix) else Codec.VP8
