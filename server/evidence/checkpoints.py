"""A checkpoint of the archive each day, for another body to countersign and keep."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from recordings import checkpoint
from recordings.durable import make_folder, write_whole
from recordings.keys import SigningKey

_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """``folder`` has one file a day, ``2026-11-23.jsonl``, each naming the one before.

    ``second`` is where the recorder goes on while the disk of ``recordings`` fails.
    """

    recordings: Path
    folder: Path
    key: SigningKey
    now: Callable[[], datetime]
    second: Path | None = None

    async def make_daily(self) -> None:
        """Make today's, unless it is there."""
        await asyncio.to_thread(self._make)

    def _make(self) -> None:
        now = self.now()
        path = self.folder / f"{now.astimezone(_CHINA):%Y-%m-%d}.jsonl"
        if path.exists() or not self.recordings.is_dir():
            return
        make_folder(self.folder)
        earlier = sorted(self.folder.glob("????-??-??.jsonl"))
        previous = earlier[-1].read_bytes() if earlier else None
        at = now.timestamp()
        text = checkpoint.make(self.recordings, self.key, at, previous, self.second)
        write_whole(path, text)
