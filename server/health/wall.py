"""From rows to the wall: how each station is, in one word and one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from server.health.parts import State, complaints
from server.storage.schema import Device, SelfTest, Station
from signaling.moments import maybe_milliseconds

CHINA = timezone(timedelta(hours=8))
HERE_FOR = timedelta(minutes=3)
"""A terminal is switched on while its last word is not older; it says one a minute."""


class Light(StrEnum):
    """How something is; later ones need somebody sooner."""

    GOOD = "good"
    OFF = "off"  # nobody has switched it on, or there is none
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class TerminalHealth:
    """A terminal that is not revoked, and its newest test."""

    device: Device
    test: SelfTest | None


@dataclass(frozen=True, slots=True)
class StationHealth:
    """A station and its terminals; ``task``: the owner of its open fault ("" if nobody yet)."""

    station: Station
    terminals: Sequence[TerminalHealth]
    task: str | None


def judge_terminal(one: TerminalHealth, now: datetime) -> tuple[Light, str]:
    """Return how a terminal is, and what to say of it."""
    wrong = complaints(one.test.parts) if one.test else []
    if one.test and one.test.worst == State.BAD:
        return Light.BAD, "；".join(wrong)
    if not is_here(one.device, now):
        return Light.OFF, "现在没有开机"
    if one.test is None:
        return Light.WARN, "还没有做过自检"
    if wrong:
        return Light.WARN, "；".join(wrong)
    if one.test.at.astimezone(CHINA).date() != now.astimezone(CHINA).date():
        return Light.WARN, "今天还没有自检"
    return Light.GOOD, "一切正常"


def is_here(device: Device, now: datetime) -> bool:
    """Tell whether the terminal is switched on."""
    return device.seen_at is not None and now - device.seen_at <= HERE_FOR


def tile(station: StationHealth, now: datetime) -> dict[str, Any]:
    """Return a station as the wall shows it: as its worst terminal is."""
    terminals = [_terminal(one, now) for one in station.terminals]
    order = [light.value for light in Light]
    worst = max(terminals, key=lambda one: order.index(one["light"]), default=None)
    return {
        "id": station.station.id,
        "code": station.station.code,
        "name": station.station.name,
        "light": worst["light"] if worst else Light.OFF.value,
        "words": worst["words"] if worst else "还没有登记终端",
        "terminals": terminals,
        "task": station.task,
    }


def _terminal(one: TerminalHealth, now: datetime) -> dict[str, Any]:
    light, words = judge_terminal(one, now)
    return {
        "id": one.device.id,
        "name": one.device.name,
        "light": light.value,
        "words": words,
        "here": is_here(one.device, now),
        "seen_at": maybe_milliseconds(one.device.seen_at),
        "tested_at": maybe_milliseconds(one.test.at if one.test else None),
    }
