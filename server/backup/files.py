"""Copying files into a backup, and out of it: each whole and durable, or not at all.

What a backup has is the copy that is left when the one here is lost. So nothing is replaced by what
is worse, and nothing is removed because it is missing here: see ``sessions.forget``.
"""

import errno
import filecmp
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from recordings.durable import make_folder, sync_folder, write_whole
from recordings.keys import SIGNING
from server.backup.contents import Place

_TAKES_NO_MORE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class BadCopy(Exception):
    """A file is not what it was when it was sealed, or copied before; the message names it."""


class NotOurs(Exception):
    """The keys here are not those of the backup; the message says what to look at."""


def check_ours(here: Place, there: Place) -> None:
    """See that the keys are here, and that the backup is one of them. Raises NotOurs, OSError."""
    key, copied = here.keys / SIGNING, there.keys / SIGNING
    if not key.is_file():
        raise NotOurs(f"{key} is missing: is YUNTIAO_DATA right, and its disk there?")
    if copied.is_file() and copied.read_bytes() != key.read_bytes():
        raise NotOurs(
            f"{copied} is another key than {key}: if YUNTIAO_DATA is right, back up to a new folder"
        )


def attempt(here: Path, there: Path, file: str, how: Callable[[Path, Path], object]) -> list[str]:
    """Copy a file; its name if it is here and could not be copied as it shall be.

    One that is missing is none of these: it was destroyed, or archived, or the proof tells of it.
    Raises OSError when the backup's disk takes no more: then that is what is wrong.
    """
    try:
        how(here / file, there / file)
    except (BadCopy, OSError) as error:
        if isinstance(error, OSError) and error.errno in _TAKES_NO_MORE:
            raise
        return [f"{here.name}/{file}"] if (here / file).exists() else []
    return []


def copy(source: Path, target: Path, sha256: str | None = None) -> None:
    """Copy a file, durable on return and private, if what is read back has this hash.

    Raises BadCopy when it has not, OSError; then what was there before still is.
    """
    make_folder(target.parent)
    draft = target.with_name(f".{target.name}.copy")
    try:
        shutil.copyfile(source, draft)
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != (sha256 or found):
            raise BadCopy(source.name)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(target.parent)


def copy_changed(source: Path, target: Path) -> None:
    """Copy a small file unless the copy says the same. Raises OSError."""
    if not (target.is_file() and filecmp.cmp(source, target, shallow=False)):
        copy(source, target)


def copy_grown(source: Path, target: Path) -> None:
    """Copy a file that lines are only added to.

    Raises BadCopy when it is not the one that was copied before, grown or as it was; OSError.
    """
    content = source.read_bytes()
    before = target.read_bytes() if target.is_file() else b""
    if not content.startswith(before[: before.rfind(b"\n") + 1]):
        raise BadCopy(source.name)
    if content != before:
        make_folder(target.parent)
        write_whole(target, content)


def copy_all(source: Path, target: Path) -> None:
    """Copy a folder with all that is below it. Raises OSError."""
    for path in files_in(source):
        copy(source / path, target / path)


def files_in(folder: Path) -> list[str]:
    """The files below a folder, but for drafts and locks, which are somebody's this moment."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".new"
    )


def is_empty(folders: Iterable[Path]) -> bool:
    """Whether nothing lies in any of them."""
    return not any(any(folder.iterdir()) for folder in folders if folder.is_dir())
