"""Evidence bundles (证据包) as exports: one zip file, written beside its name and then renamed."""

import hashlib
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings import manifest
from recordings.bundle import Part, write_zip

BundleParts = Callable[[str], Awaitable[Sequence[Part] | None]]
"""Seals a session, by its id, and lists what belongs into its bundle; None: no such session."""
Told = Callable[[float, int], None]
"""Hears, before each part, how far the bundle is, 0 to 1, and the bytes to come; may raise."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished copy; ``seconds`` is None for a bundle, ``origin`` says what it was made from."""

    bytes: int
    sha256: str
    seconds: float | None
    origin: Mapping[str, Any]


def make_bundle(source: Path, target: Path, parts: Sequence[Part], told: Told) -> Copy:
    """Write ``parts`` of the session in ``source`` to ``target``.

    Raises what ``told`` raises; OSError, Unreadable.
    """
    draft = target.with_suffix(".zip.part")
    draft.unlink(missing_ok=True)
    whole = max(1, sum(part.size for part in parts))
    write_zip(draft, _watched(parts, whole, told))
    with draft.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    draft.rename(target)
    return Copy(
        target.stat().st_size, sha256, None, {"integrity": manifest.integrity(source) or ""}
    )


def _watched(parts: Sequence[Part], whole: int, told: Told) -> Iterator[Part]:
    done = 0
    for part in parts:
        told(done / whole, whole - done)
        yield part
        done += part.size
