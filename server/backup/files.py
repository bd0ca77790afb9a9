"""Copying keys and recordings into a backup, and out of it.

Sealed media never changes: what a backup has is not copied again. Keys are made the same as they
are here, so that a session erased here cannot be read from the next backup either.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from recordings import facts, journal
from recordings.records import Kept, Record, Segment
from recordings.sink import make_folder, sync_folder


class BadCopy(Exception):
    """A file is not what it was when it was sealed; the message names it."""


def copy_chains(recordings: Path, target: Path) -> list[str]:
    """Copy the journals, facts, seals and time stamps of all sessions; the sessions' ids.

    They come before the database and before the media: whatever they name, the others have.
    """
    found = []
    for folder in sorted(path for path in recordings.glob("*") if _has_chain(path)):
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            copy(path, target / folder.name / path.name)
        found.append(folder.name)
    return found


def copy_media(recordings: Path, target: Path, session: str) -> int:
    """Copy what the copied journal names and the backup does not have; how many files.

    Raises BadCopy, OSError. What was erased here is removed there.
    """
    count = 0
    named = {row.file: row for row in _files(target / session)}
    for file, row in named.items():
        source, copied = recordings / session / file, target / session / file
        size, sha256 = row.stored_bytes or row.bytes, row.stored_sha256 or row.sha256
        if not source.is_file():
            copied.unlink(missing_ok=True)  # erased, or missing: the proof knows which
        elif not copied.is_file() or copied.stat().st_size != size:
            if copy(source, copied) != sha256:
                copied.unlink()
                raise BadCopy(f"{session}/{file}")
            count += 1
    return count


def mirror(source: Path, target: Path) -> int:
    """Make a small folder the same as another; how many files it has."""
    files = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    for path in sorted(files):
        copy(source / path, target / path)
    for path in [path for path in target.rglob("*") if path.is_file()]:
        if path.relative_to(target) not in files:
            path.unlink()
    return len(files)


def copy(source: Path, target: Path) -> str:
    """Copy a file, durable on return and private; the SHA-256 of what was read back."""
    make_folder(target.parent)
    draft = target.with_name(f".{target.name}.copy")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    draft.rename(target)
    sync_folder(target.parent)
    return sha256


def is_empty(folders: Iterable[Path]) -> bool:
    """Whether nothing lies in any of them."""
    return not any(any(folder.iterdir()) for folder in folders if folder.is_dir())


def _has_chain(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (journal.NAME, facts.NAME))


def _files(folder: Path) -> Iterator[Segment | Kept]:
    rows: list[Record] = journal.read(folder) if (folder / journal.NAME).is_file() else []
    yield from (row for row in rows if isinstance(row, Segment))
    yield from facts.kept_in(folder, also_gone=True)
