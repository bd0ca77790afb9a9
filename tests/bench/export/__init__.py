"""How fast an export is beside one ffmpeg command that makes the same picture.

A synthetic recording of two people at 720p, 52 s long, is composed by ``recordings.export`` and by
Debian's ffmpeg with the same tiles, strips and encoder settings, in turn; the best of two runs of
each counts. 1 is ffmpeg's speed, more is faster. Without ffmpeg there is no figure, and a line on
standard error says so.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from recordings.export import export
from tests.bench.export.command import ffmpeg_command
from tests.bench.export.recording import LABELS, SECONDS, record

ROUNDS = 2


async def run() -> list[tuple[str, float, str]]:
    """Make both copies; names, values and units as the README lists them."""
    if shutil.which("ffmpeg") is None:
        print("export: ffmpeg is not installed, so there is nothing to compare", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory(prefix="yuntiao-bench-") as folder:
        return await asyncio.to_thread(_compare, Path(folder))


def _compare(folder: Path) -> list[tuple[str, float, str]]:
    session = record(folder)
    command = ffmpeg_command(session, folder)
    ours, theirs = [], []
    for number in range(ROUNDS):
        ours.append(_taken(partial(_export, session, folder, number)))
        theirs.append(_taken(command))
    return [
        ("export.ffmpeg_ratio_speed", min(theirs) / min(ours), "ratio"),
        ("export.speed", SECONDS / min(ours), "s/s"),
    ]


def _export(session: Path, folder: Path, number: int) -> None:
    export(session, folder / "work", folder / f"copy-{number}.mp4", LABELS, lambda done: None)


def _taken(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
