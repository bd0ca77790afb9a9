"""Photos of evidence (证据照片) in a session's folder: written once, encrypted like its media.

    <session>/photos/<photo>.jpg          what is kept of it
    <session>/photos/<photo>.small.jpg    the same for a strip of pictures

They are no part of the recording: there may be none, or none yet. Their hashes are in the chain of
facts (``facts.Fact.files``), which the manifest signs.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from recordings.durable import make_folder, sync_folder, write_whole
from recordings.facts import PHOTOS
from recordings.journal import Journal
from recordings.model import checked_name
from recordings.records import CloseMark, Kept
from recordings.sealed_file import DataKey, Encryptor, key_of
from recordings.vault import Vault

UNRECORDED = "unrecorded"
"""Why the journal of a session ends that has photos and was not recorded."""


def file_of(photo: str, small: bool = False) -> str:
    """The name of a photo's file, relative to the session's folder."""
    return f"{PHOTOS}/{checked_name(photo)}{'.small' if small else ''}.jpg"


def keep(
    folder: Path, photo: str, pictures: tuple[bytes, bytes], vault: Vault | None
) -> list[Kept]:
    """Store a photo and its small picture under a data key of its own; durable on return.

    Raises OSError, KeyUnavailable; then nothing is left of it.
    """
    make_folder(folder / PHOTOS)
    key = vault.fresh(folder.name) if vault is not None else None
    files = [file_of(photo), file_of(photo, small=True)]
    try:
        return [_write(folder, file, data, key) for file, data in zip(files, pictures, strict=True)]
    except OSError:
        discard(folder, photo)
        raise


def discard(folder: Path, photo: str) -> None:
    """Remove a photo that nobody was told is kept."""
    for small in (False, True):
        (folder / file_of(photo, small)).unlink(missing_ok=True)


def destroy(folder: Path, files: Iterable[Kept], vault: Vault | None) -> None:
    """Destroy a photo that was taken back, its keys first; may be called again. Raises OSError."""
    for path in [folder / one.file for one in files]:
        if not path.is_file():
            continue
        ident = key_of(path)
        if vault is not None and ident is not None:
            vault.destroy_one(folder.name, ident)
        path.unlink()
        sync_folder(path.parent)


def sweep(folder: Path, known: Collection[str]) -> int:
    """Remove what a crash has left of photos that were never kept; how many files.

    ``known``: the files of those that were, relative to the session's folder. Raises OSError.
    """
    strays = [
        path
        for path in (folder / PHOTOS).glob("*")
        if path.relative_to(folder).as_posix() not in known
    ]
    for path in strays:
        path.unlink()
    if strays:
        sync_folder(folder / PHOTOS)
    return len(strays)


def close_unrecorded(folder: Path, at: float) -> None:
    """Give a session that is over, has photos and was never recorded a journal that says so.

    Raises OSError; BlockingIOError when somebody does record it.
    """
    if not (folder / PHOTOS).is_dir():
        return
    journal = Journal(folder)
    try:
        if not journal.records:
            journal.append(CloseMark(at=at, reason=UNRECORDED))
            journal.flush()
    finally:
        journal.close()


def _write(folder: Path, file: str, data: bytes, key: DataKey | None) -> Kept:
    kept = Kept(file=file, bytes=len(data), sha256=_sha256(data))
    if key is None:
        write_whole(folder / file, data)
        return kept
    encryptor = Encryptor(key)
    stored = encryptor.header + encryptor.records(data) + encryptor.last()
    write_whole(folder / file, stored)
    return replace(kept, stored_bytes=len(stored), stored_sha256=_sha256(stored))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
