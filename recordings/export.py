"""A recording as one MP4 to hand on: everybody side by side, the server's time below each.

A derived copy, never the evidence: it names the journal it was made from, and has its own hash.
Work is done in parts; whoever is interrupted begins with the first part that is missing.
"""

import hashlib
import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import av

from recordings.export_parts import FPS, Wall, join, mixed, write_part
from recordings.export_sources import RATE, ReadSealed, Tile, Voice, sealed_bytes
from recordings.journal import lines
from recordings.lettering import strip
from recordings.model import TrackKind
from recordings.records import Record, Segment
from recordings.timeline import Timeline, Track, timeline
from recordings.vault import Vault

PART_S = 60
_STRIP = 32
_JOINING = 0.04
"""The part of the whole time that joining takes, measured."""
_TIME = timezone(timedelta(hours=8))
_SCREEN = "共享画面"

Told = Callable[[float], None]
"""Told how far the export is, 0 to 1, about once a second of output; may raise to stop it."""


class NothingRecorded(Exception):
    """There is no segment to make a copy of."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The finished copy. ``journal`` is the last hash of the journal it was made from."""

    sha256: str
    bytes: int
    seconds: float
    journal: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    tile: tuple[int, int]
    columns: int
    rows: int

    @property
    def size(self) -> tuple[int, int]:
        return self.columns * self.tile[0], self.rows * (self.tile[1] + _STRIP)

    def place(self, number: int) -> tuple[int, int]:
        row, column = divmod(number, self.columns)
        return column * self.tile[0], row * (self.tile[1] + _STRIP)


def grid_for(tiles: int) -> _Grid:
    """A grid that holds ``tiles``: at most three in a row, of full size while there is room."""
    columns = min(tiles, 2 if tiles <= 4 else 3)
    tile = (1280, 720) if tiles == 1 else (960, 540) if columns == 2 else (640, 360)
    return _Grid(tile, columns, math.ceil(tiles / columns))


def export(
    folder: Path,
    work: Path,
    target: Path,
    labels: Mapping[str, str],
    told: Told,
    vault: Vault | None = None,
) -> Exported:
    """Make the copy of the session in ``folder``; hours of work, to be called in a thread.

    ``work`` keeps finished parts; it may be there from an earlier attempt, and is removed at the
    end. ``labels`` says what to call each participant, in their order. Raises NothingRecorded,
    SourceChanged, RecordError, OSError, av.FFmpegError, and what ``told`` raises.
    """
    rows = list(lines(folder))
    records = [row.record for row in rows if row.record is not None]
    line = timeline(records)
    if line.end - line.start < 1 / FPS:
        raise NothingRecorded(folder.name)
    journal = rows[-1].sha256
    parts = _Composer(partial(sealed_bytes, folder, vault), line, labels).compose(work, told)
    unfinished = target.with_suffix(".tmp")
    comment = f"derived from session {folder.name}, journal sha256 {journal}"
    join(parts, PART_S, unfinished, comment, lambda done: told(1 - _JOINING * (1 - done)))
    with unfinished.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    unfinished.rename(target)
    shutil.rmtree(work)
    size = target.stat().st_size
    return Exported(sha256, size, line.end - line.start, journal, _hashes(records))


def _hashes(records: list[Record]) -> tuple[str, ...]:
    return tuple(record.sha256 for record in records if isinstance(record, Segment))


class _Composer:
    """Makes the parts of one export."""

    def __init__(self, read: ReadSealed, line: Timeline, labels: Mapping[str, str]) -> None:
        self._start = line.start
        self._total = math.ceil((line.end - line.start) * FPS)
        shown = _in_order(line, labels)
        self._grid = grid_for(max(len(shown), 1))
        self._labels = [_label(track, labels) for track in shown] or [""]
        self._tiles = [Tile(read, track, line.pauses, self._grid.tile) for track in shown]
        nothing = Track("", TrackKind.CAMERA, (), ())
        self._tiles = self._tiles or [Tile(read, nothing, line.pauses, self._grid.tile)]
        heard = [track for track in line.tracks if track.kind is TrackKind.MICROPHONE]
        self._voices = [Voice(read, track, line.start) for track in heard]
        self._strips: tuple[int, list[av.VideoFrame]] = (-1, [])

    def compose(self, work: Path, told: Told) -> list[Path]:
        """Make the parts that are missing; all of them, in order."""
        work.mkdir(parents=True, exist_ok=True)
        length = PART_S * FPS
        count = math.ceil(self._total / length)
        parts = [work / f"part-{number:05d}.mov" for number in range(count)]
        for number, path in enumerate(parts):
            first, end = number * length, min((number + 1) * length, self._total)
            if not path.exists():
                sound = mixed(self._voices, _sample(first), _sample(end))
                write_part(path, self._pictures(first, end, told), sound, self._grid.size)
        return parts

    def _pictures(self, first: int, end: int, told: Told) -> Iterator[av.VideoFrame]:
        grid = self._grid
        places = [grid.place(number) for number in range(len(self._tiles))]
        wall = Wall(grid.tile, (grid.tile[0], _STRIP), places)
        for number in range(first, end):
            if number % FPS == 0:
                told(number / self._total * (1 - _JOINING))
            yield from wall.put(number - first, self._row(self._start + number / FPS))
        yield from wall.end()

    def _row(self, at: float) -> list[av.VideoFrame]:
        """Tile, strip, tile, strip… as they are at the unix time ``at``."""
        if self._strips[0] != int(at):
            self._strips = (int(at), [self._strip(label, at) for label in self._labels])
        tiles = [tile.picture(at) for tile in self._tiles]
        return [one for pair in zip(tiles, self._strips[1], strict=True) for one in pair]

    def _strip(self, label: str, at: float) -> av.VideoFrame:
        moment = datetime.fromtimestamp(at, _TIME)
        return strip(self._grid.tile[0], _STRIP, label, f"{moment:%Y-%m-%d %H:%M:%S}")


def _in_order(line: Timeline, labels: Mapping[str, str]) -> list[Track]:
    """Cameras in the order of the participants, then screens."""
    order = list(labels)
    kinds = (TrackKind.CAMERA, TrackKind.SCREEN)
    shown = [track for track in line.tracks if track.kind in kinds and track.segments]

    def place(track: Track) -> tuple[int, int]:
        known = track.participant in labels
        return kinds.index(track.kind), order.index(track.participant) if known else len(order)

    return sorted(shown, key=place)


def _label(track: Track, labels: Mapping[str, str]) -> str:
    name = labels.get(track.participant, "")
    return f"{name} {_SCREEN}" if track.kind is TrackKind.SCREEN else name


def _sample(frame: int) -> int:
    return frame * RATE // FPS
