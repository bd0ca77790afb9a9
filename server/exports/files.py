"""Where copies lie: what belongs to one, what is left of it, and whether there is room for more."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from server.exports.service import file_of

_PARTS = ".parts"
_NAME = re.compile(r"([0-9a-f]{32})\.")


class NoRoom(Exception):
    """The disk must keep what is free for recordings."""


@dataclass(frozen=True, slots=True)
class Files:
    """The copies in ``folder``: everything of one begins with its id and a dot.

    Copies and recordings may share a disk, and recordings come first: ``reserve`` bytes stay free
    on it, below which no new recording begins.
    """

    folder: Path
    recordings: Path
    reserve: int = 0

    def make_room(self, wanted: int) -> None:
        """See to the folder, and that so many bytes more have room. Raises NoRoom, OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.check_room(wanted)

    def check_room(self, wanted: int) -> None:
        """Raise NoRoom unless so many bytes more leave the reserve free."""
        free = min(shutil.disk_usage(one).free for one in (self.folder, self.recordings))
        if free < self.reserve + wanted:
            raise NoRoom

    def finished(self, export_id: str, kind: str) -> Path:
        """Where the finished copy lies, or will."""
        return file_of(self.folder, export_id, kind)

    def parts(self, export_id: str) -> Path:
        """The folder of parts that another attempt goes on with."""
        return self.folder / f"{export_id}{_PARTS}"

    def remove_drafts(self, export_id: str) -> None:
        """Remove what no other attempt has a use for: half a file, with media in the open."""
        for path in self.folder.glob(f"{export_id}.*"):
            if path.suffix != _PARTS:
                path.unlink(missing_ok=True)

    def remove(self, export_id: str) -> None:
        """Remove everything of a copy."""
        self.remove_drafts(export_id)
        shutil.rmtree(self.parts(export_id), ignore_errors=True)

    def found(self) -> set[str]:
        """Return the ids of copies of which anything lies here."""
        return {found[1] for path in self.folder.glob("*.*") if (found := _NAME.match(path.name))}
