"""Files and folders that are there after the power has failed: whole, or not at all.

A name is durable only when its folder was synced. What depends on one (a file that is removed, a
key that wraps others) waits for that: two volumes keep no order between them.
"""

import os
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Create a folder, private to us and durable, with the ones above it. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, private to us, durable on return: whole, or not at all. Raises OSError."""
    draft = path.with_name(f".{path.name}.new")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(path.parent)


def append_whole(fd: int, data: bytes, *, sync: bool = False) -> None:
    """Add to the end of a file that nobody else adds to, with ``sync`` durably: all of it, or none.

    A disk that is nearly full takes a part and says so only by a number. Raises OSError; the file
    is then as long as it was.
    """
    size = os.fstat(fd).st_size
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
        if sync:
            os.fsync(fd)
    except OSError:
        os.ftruncate(fd, size)
        raise
