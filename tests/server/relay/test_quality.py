"""Losses and rates, from counters."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from server.relay.quality import Level, Meter, Quality


@pytest.mark.parametrize(
    ("loss", "level"),
    [
        (0.0, Level.GOOD),
        (0.099, Level.GOOD),
        (0.1, Level.POOR),
        (0.149, Level.POOR),
        (0.15, Level.BAD),
    ],
)
def test_levels(loss: float, level: Level) -> None:
    assert Quality(loss, None, 0, 0).level is level


@pytest.mark.parametrize(
    ("kbps", "loss", "after", "spares"),
    [
        (600, 0.0, 10.0, True),
        (600, 0.0, 9.9, False),
        (599, 0.0, 30.0, False),
        (1200, 0.0, 5.0, True),
        (1000, 0.0, 5.0, False),
        (2000, 0.02, 10.0, False),
    ],
)
def test_room_to_spare(kbps: int, loss: float, after: float, spares: bool) -> None:
    assert Quality(loss, None, kbps, 25).spares_keyframe(after) is spares


def source(packets: int, lost: int, octets: int = 0, frames: int = 0) -> Any:
    repairs = SimpleNamespace(lost=lost)
    return SimpleNamespace(packets=packets, octets=octets, frames=frames, repairs=repairs)


def slot(ssrc: int, packets: int, lost: float) -> Any:
    return SimpleNamespace(ssrc=ssrc, packets=packets, reports=SimpleNamespace(lost=lost))


def measure(meter: Meter, now: float, up: Sequence[Any], down: Sequence[Any] = ()) -> Quality:
    return meter.measure(now, up, down, 0.0345)


def test_rates_are_of_the_time_between() -> None:
    meter = Meter(0.0)
    measure(meter, 2.0, [source(50, 0), source(100, 0, 10_000, 60)])
    quality = measure(meter, 4.0, [source(100, 0), source(300, 0, 260_000, 110)])
    assert (quality.kbps, quality.fps, quality.rtt_ms) == (1000, 25, 34)
    assert quality.loss == 0.0


def test_the_worse_direction_counts() -> None:
    meter = Meter(0.0)
    up = [source(90, 10), source(0, 0)]
    assert measure(meter, 2.0, up).loss == pytest.approx(0.1)
    assert measure(meter, 4.0, up).loss == 0.0
    down = [slot(1, 300, 0.2), slot(2, 100, 0.0), slot(3, 0, 1.0)]
    assert measure(meter, 6.0, up, down).loss == pytest.approx(0.15)
    assert measure(meter, 8.0, up, down).loss == 0.0


def test_a_level_is_told_when_it_changes_and_not_too_often() -> None:
    meter = Meter(0.0)
    told = []
    for second, lost in enumerate([0, 0, 20, 0, 20, 20, 0, 0, 0, 0, 0, 20, 20]):
        before = (100 * second, sum([0, 0, 20, 0, 20, 20, 0, 0, 0, 0, 0, 20, 20][: second + 1]))
        measure(meter, 2.0 * second + 2, [source(before[0] + 100 - lost, before[1]), source(0, 0)])
        if meter.tells(2.0 * second + 2):
            told.append((2 * second + 2, meter.last.level))
    assert told == [(6, Level.BAD), (16, Level.GOOD), (26, Level.BAD)]
