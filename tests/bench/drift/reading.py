"""Finding the pattern's events in a recording, and what their moments say."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

import av

from tests.e2e.recorded import Track

EVERY_S = 2.0
_WINDOW = 240  # samples at 48 kHz: 5 ms
_MOST_LATE_MS = 40.0
_LOUD, _WHITE = 0.05, 128
_RATE = 48_000


@dataclass(frozen=True, slots=True)
class Sighting:
    """An event of the pattern: when it is in the recording (unix seconds), its number modulo 16."""

    at: float
    number: int

    @property
    def due(self) -> float:
        """When the page made it."""
        return round(self.at / EVERY_S) * EVERY_S

    @property
    def is_right(self) -> bool:
        """Whether it is the one that was made then."""
        return self.number == round(self.at / EVERY_S) % 16


def flashes(camera: Track) -> Iterator[Sighting]:
    """Every moment at which the picture turns white."""
    was_white = True
    for at, frame in _timed_pictures(camera):
        luma = bytes(frame.planes[0])
        line = frame.planes[0].line_size
        height, width = frame.height, frame.width
        is_white = luma[line * (height // 2) + width // 2] > _WHITE
        if is_white and not was_white:
            row = luma[line * (height // 6) :]
            cells = (row[width * (2 * cell + 1) // 8] > _WHITE for cell in range(4))
            yield Sighting(at, sum(bit << cell for cell, bit in enumerate(cells)))
        was_white = is_white


def beeps(microphone: Track) -> Iterator[Sighting]:
    """Every moment at which a tone begins."""
    was_loud = True
    for start, samples in _sounds(microphone):
        for at in range(0, len(samples) - _WINDOW * 20, _WINDOW):
            is_loud = max(samples[at : at + _WINDOW]) > _LOUD
            if is_loud and not was_loud:
                pitch = _pitch(samples[at + 4 * _WINDOW : at + 20 * _WINDOW])
                yield Sighting(start + at / _RATE, round((pitch - 600) / 100) % 16)
            was_loud = is_loud


def _pitch(samples: Sequence[float]) -> float:
    crossings = sum(one < 0 <= other for one, other in pairwise(samples))
    return crossings * _RATE / max(len(samples), 1)


def _timed_pictures(camera: Track) -> Iterator[tuple[float, av.VideoFrame]]:
    for segment in camera.segments:
        with av.open(camera.media(segment), "r") as container:
            for frame in container.decode(video=0):
                yield segment.start + (frame.time or 0.0), frame


def _sounds(microphone: Track) -> Iterator[tuple[float, "array[float]"]]:
    """Each segment's samples, and when its first one sounds."""
    for segment in microphone.segments:
        samples: array[float] = array("f")
        with av.open(microphone.media(segment), "r") as container:
            resampler = av.AudioResampler("flt", "mono", _RATE)
            for frame in container.decode(audio=0):
                missing = round((frame.time or 0.0) * _RATE) - len(samples)
                samples.extend([0.0] * max(0, missing - _WINDOW))  # what was lost is silent
                for piece in resampler.resample(frame):
                    samples += array("f", bytes(piece.planes[0])[: 4 * piece.samples])
        yield segment.start, samples


def slope_ms_per_hour(points: Sequence[tuple[float, float]]) -> float:
    """Least squares over (seconds, seconds off), as milliseconds an hour; 0 of fewer than two."""
    if len(points) < 2:
        return 0.0
    middle, level = fmean(at for at, _ in points), fmean(off for _, off in points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    together = sum((at - middle) * (off - level) for at, off in points)
    return together / spread * 3600 * 1000 if spread else 0.0


@dataclass(frozen=True, slots=True)
class Person:
    """What was found of one person; ``due`` are the events that should be there."""

    due: Sequence[float]
    seen: dict[float, float]
    heard: dict[float, float]

    @property
    def found(self) -> float:
        """Share of the events that are both seen and heard."""
        return sum(at in self.seen and at in self.heard for at in self.due) / len(self.due)

    @property
    def apart(self) -> list[tuple[float, float]]:
        """For each event by how much the picture is later than the sound."""
        return [
            (at, self.seen[at] - self.heard[at])
            for at in self.due
            if at in self.seen and at in self.heard
        ]

    def late(self) -> Iterator[list[tuple[float, float]]]:
        """For picture and sound, for each event, how much later it is recorded than it was made."""
        for found in (self.seen, self.heard):
            yield [(at, found[at] - at) for at in self.due if at in found]


def made_in_time(made: Mapping[str, Mapping[str, float]], begin: float, end: float) -> list[float]:
    """The moments of the events that a page has both drawn and sounded when they were due.

    ``made``: what pattern.js kept. A busy machine's page misses some; those prove nothing.
    """
    drawn, sounded = made["drawn"], made["sounded"]
    numbers = range(int(begin // EVERY_S) + 1, int(end // EVERY_S) + 1)
    late = (
        (n, drawn.get(str(n), _MOST_LATE_MS), sounded.get(str(n), _MOST_LATE_MS)) for n in numbers
    )
    return [n * EVERY_S for n, *each in late if max(each) < _MOST_LATE_MS]


def person(
    camera: Iterable[Sighting], microphone: Iterable[Sighting], due: Sequence[float]
) -> Person:
    """Keep the events that are the ones that were made."""
    seen = {one.due: one.at for one in camera if one.is_right}
    heard = {one.due: one.at for one in microphone if one.is_right}
    return Person(due, seen, heard)


def figures(people: Sequence[Person]) -> list[tuple[str, float, str]]:
    """The figures of a recording."""
    apart = [off for one in people for _, off in one.apart]
    in_order = sorted(abs(off) for off in apart)
    lates = [late for one in people for late in one.late()]
    each = [dict(late) for late in lates]
    everywhere = [at for at in people[0].due if all(at in found for found in each)]
    steps = sorted(
        max(found[at] for found in each) - min(found[at] for found in each) for at in everywhere
    )
    return [
        ("drift.events", sum(len(one.due) for one in people), "events"),
        ("drift.events_found", 100 * min(one.found for one in people), "%"),
        ("drift.picture_after_sound_ms", 1000 * median(apart), "ms"),
        ("drift.apart_p99_ms", 1000 * in_order[int(len(in_order) * 0.99)], "ms"),
        ("drift.tracks_apart_p99_ms", 1000 * steps[int(len(steps) * 0.99)], "ms"),
        (
            "drift.apart_ms_per_hour",
            max((slope_ms_per_hour(one.apart) for one in people), key=abs),
            "ms/h",
        ),
        ("drift.wall_ms_per_hour", max(map(slope_ms_per_hour, lates), key=abs), "ms/h"),
    ]
