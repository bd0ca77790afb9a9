"""Segments that are shown: each only if it has the hash it was recorded with.

Whoever can write the recordings' folder needs no key to put another file there, in the open or of
the same session. So a segment is read whole once before any of it is given, and then remembered for
as long as the file lies there untouched: players ask for pieces, and pictures of many.
"""

import hashlib
from pathlib import Path
from threading import Lock

from recordings.media_file import Changed, Media, open_media
from recordings.vault import Vault

MOST = 4096
"""Files that are remembered: some sessions of hours."""

_Seen = tuple[int, int, int, int, int, str]


class Checked:
    """Opens segments; for many threads."""

    def __init__(self) -> None:
        self._seen: dict[Path, _Seen] = {}
        self._lock = Lock()

    def open(self, path: Path, vault: Vault | None, sha256: str) -> Media:
        """Open a segment whose media has this hash; reads all of it when it is new here.

        Raises Changed, Unreadable, OSError.
        """
        media = open_media(path, vault)
        # Looked at after it was opened: what is put back in between has another ctime.
        seen = _seen(path, sha256)
        if self._seen.get(path) != seen:
            check(media, sha256, path.name)
            self._remember(path, seen)
        return media

    def _remember(self, path: Path, seen: _Seen) -> None:
        with self._lock:
            self._seen.pop(path, None)
            while len(self._seen) >= MOST:
                del self._seen[next(iter(self._seen))]
            self._seen[path] = seen


def check(media: Media, sha256: str, name: str) -> None:
    """Read all of it. Raises Changed when it is not what was recorded; Unreadable, OSError."""
    digest = hashlib.sha256()
    for piece in media.read():
        digest.update(piece)
    if digest.hexdigest() != sha256:
        raise Changed(name)


def _seen(path: Path, sha256: str) -> _Seen:
    """What changes when somebody writes the file or puts another in its place. Raises OSError."""
    found = path.stat()
    return (
        found.st_dev,
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        sha256,
    )
