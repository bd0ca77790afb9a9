"""What lies where in a backup's folder.

backup.json                what the rest is; there is no backup without
database-SHA256.jsonl.gz   the rows that it names
recordings/, checkpoints/  as they lie here
keys/                      unless they are kept apart
"""

from dataclasses import dataclass
from pathlib import Path

from server.settings import Settings

VERSION = 2
CONTENTS = "backup.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where recordings lie with what belongs to them: here, or in a backup."""

    recordings: Path
    keys: Path
    checkpoints: Path


def here_of(settings: Settings) -> Place:
    """Return where they lie on this machine."""
    return Place(settings.recordings, settings.data / "keys", settings.data / "checkpoints")


def in_backup(folder: Path, keys: Path | None = None) -> Place:
    """Return where they lie in a backup; ``keys``: these lie apart from it."""
    return Place(folder / "recordings", keys or folder / "keys", folder / "checkpoints")


def rows_in(folder: Path, sha256: str) -> Path:
    """Return where the rows with this hash lie in a backup."""
    return folder / f"database-{sha256}.jsonl.gz"
