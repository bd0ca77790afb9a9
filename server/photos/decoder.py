"""Runs the decoding program: one photo, one short-lived process, a bound on everything."""

import asyncio
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.photos.rule import WORDS, BadPhoto

_PATIENCE_S = 60.0
"""Its own bound of 20 s is of processor time; on a busy machine that takes longer."""
_AT_ONCE = 2
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept: JPEG made of pixels alone; ``place``: it says where it was taken."""

    photo: bytes
    small: bytes
    width: int
    height: int
    place: bool


class Decoder:
    """Decodes photos, two at a time: whatever is sent at once, so much memory is used."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def decode(self, data: bytes, *, keep_place: bool) -> Picture:
        """Return the photo that these bytes are; raise BadPhoto."""
        async with self._free:
            return await asyncio.to_thread(_decode, data, keep_place)


def _decode(data: bytes, keep_place: bool) -> Picture:
    if not data:
        raise BadPhoto("photo_empty")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "server.photos.decoding"],
            input=(b"1" if keep_place else b"0") + data,
            capture_output=True,
            timeout=_PATIENCE_S,
            cwd=_ROOT,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadPhoto("photo_unreadable") from None
    return _understood(done.stdout)


def _understood(output: bytes) -> Picture:
    head, _, rest = output.partition(b"\n")
    try:
        said: dict[str, Any] = json.loads(head)
    except ValueError:  # it died: of memory, of time, of a fault in a decoder
        raise BadPhoto("photo_unreadable") from None
    if (code := said.get("error")) is not None:
        raise BadPhoto(code if code in WORDS else "photo_unreadable")
    size = said["sizes"][0]
    return Picture(rest[:size], rest[size:], said["width"], said["height"], said["place"])
