"""Checkpoints (存证清单): the heads of all sessions' chains on one day, for somebody else to keep.

Who holds the archive and the key could roll a session back to an earlier, honest state, or remove
it, and sign anew. A file with the heads of all chains, countersigned and kept by another body,
shows that. It is lines of JSON in their one spelling:

    {"type": "checkpoint", "number", "at", "key", "previous", "sessions"}
    {"type": "session", "session", "chains": {"manifest": {"lines", "bytes", "sha256"}}}   each
    {"type": "signature", "key", "signature"}
    {"type": "countersignature", "by", "at", "key", "signature"}        for each who looked at it

A signature is over the SHA-256 of all that stands before its line. Of a session that is sealed the
manifest's head is named, which binds the others; of one that is not, journal and facts; of one that
lies on the second volume alone, which is its beginning, heads of nothing. So each session there is
has a line, and one that claims to be older than a checkpoint without was made up later.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recordings import facts, journal, manifest
from recordings.facts import canonical
from recordings.keys import PublicKey, SigningKey
from recordings.manifest import Head
from recordings.records import NO_HASH, Segment

_LATE_S = 600.0
"""How much older than a checkpoint without it a session may look: clocks differ, a full disk holds
a recording's beginning up."""
_FILES = {"manifest": manifest.NAME, "journal": journal.NAME, "facts": facts.NAME}


class BadCheckpoint(ValueError):
    """The file is no checkpoint, or was changed; the message says where."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, over which bytes; ``by`` is empty for the maker's own."""

    by: str
    key: str
    message: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint that was read; ``sha256`` is its name for the next one."""

    sha256: str
    at: float
    heads: dict[str, dict[str, Head]]  # session: chain: head
    signatures: tuple[Signature, ...]

    @property
    def begun(self) -> set[str]:
        """The sessions that had lines in their chains."""
        return {
            name
            for name, chains in self.heads.items()
            if any(head.lines for head in chains.values())
        }

    def check_signed(self, key: PublicKey) -> None:
        """See that the owner of ``key`` signed or countersigned it. Raises BadCheckpoint."""
        mine = [one for one in self.signatures if one.key == key.ident]
        if not mine:
            raise BadCheckpoint(f"is not signed with the key {key.ident}")
        if not all(key.signed(one.signature, one.message) for one in mine):
            raise BadCheckpoint("was changed: a signature does not fit")


def make(
    root: Path,
    key: SigningKey,
    at: float,
    previous: bytes | None = None,
    second: Path | None = None,
) -> bytes:
    """A checkpoint of all sessions below ``root``; ``previous`` is the one before.

    ``second`` is where sessions lie that are still to be brought home. Raises OSError,
    BadCheckpoint.
    """
    volumes = [root] if second is None else [root, second]
    found = (path for volume in volumes for path in volume.glob(f"*/{journal.NAME}"))
    folders = [root / name for name in sorted({path.parent.name for path in found})]
    lines: list[dict[str, Any]] = [
        {
            "type": "checkpoint",
            "number": _number(previous) + 1,
            "at": at,
            "key": key.public.ident,
            "previous": read(previous).sha256 if previous else NO_HASH,
            "sessions": len(folders),
        },
        *({"type": "session", "session": it.name, "chains": _heads(it)} for it in folders),
    ]
    text = b"".join(canonical(line) + b"\n" for line in lines)
    return text + _signed(text, key, {"type": "signature"})


def countersign(text: bytes, key: SigningKey, by: str, at: float) -> bytes:
    """The checkpoint with the signature of another body added. Raises BadCheckpoint."""
    read(text)
    return text + _signed(text, key, {"type": "countersignature", "by": by, "at": at})


def read(text: bytes) -> Checkpoint:
    """Read a checkpoint. Raises BadCheckpoint; the signatures are ``check_signed``'s to check."""
    try:
        return _read(text)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadCheckpoint(f"is no checkpoint: {error}") from None


def problems(checkpoint: Checkpoint, folder: Path) -> Iterator[tuple[str, str]]:
    """What was in a session's folder and is not any more, and what cannot have been there:
    (file, sentence). Raises OSError.
    """
    moment = f"{datetime.fromtimestamp(checkpoint.at, UTC):%Y-%m-%d %H:%M UTC}"
    if folder.name not in checkpoint.heads:
        if _began(folder) < checkpoint.at - _LATE_S:
            yield journal.NAME, f"is older than the checkpoint of {moment}, which does not name it"
        return
    for chain, head in checkpoint.heads[folder.name].items():
        if (what := manifest.difference(folder / _FILES[chain], head)) is not None:
            yield _FILES[chain], f"{what} on {moment}, says the checkpoint"


def _began(folder: Path) -> float:
    """When there was something to name at the latest: a frame was recorded, or a line signed.

    Gaps and marks are no sign: they may wait for the disk that the journal is to be made on.
    """
    records = [line.record for line in journal.lines(folder)]
    moments = [one.start for one in records if isinstance(one, Segment)]
    if (folder / manifest.NAME).exists():
        with suppress(ValueError):  # a broken line is told where the manifest is looked at
            moments += [float(one.body["at"]) for one in manifest.read(folder)]
    return min(moments, default=math.inf)


def _heads(folder: Path) -> dict[str, dict[str, Any]]:
    sealed = manifest.head(folder / manifest.NAME)
    chains = (
        {"manifest": sealed}
        if sealed.lines
        else {name: manifest.head(folder / _FILES[name]) for name in ("journal", "facts")}
    )
    return {name: manifest.head_json(head) for name, head in chains.items()}


def _signed(text: bytes, key: SigningKey, line: dict[str, Any]) -> bytes:
    line |= {"key": key.public.ident}
    signature = key.sign(_message(text, line))
    return canonical(line | {"signature": base64.b64encode(signature).decode()}) + b"\n"


def _message(text: bytes, line: dict[str, Any]) -> bytes:
    """What is signed: all before the line, and the line itself but for the signature."""
    return hashlib.sha256(text).digest() + canonical(line)


def _read(text: bytes) -> Checkpoint:
    rows = [json.loads(line) for line in text.splitlines()]
    if b"".join(canonical(row) + b"\n" for row in rows) != text or not rows:
        raise ValueError("not in its one spelling")
    first, *rest = rows
    named = [row for row in rest if row["type"] == "session"]
    signatures = rest[len(named) :]
    kinds = [row["type"] for row in signatures]
    if first["type"] != "checkpoint" or first["sessions"] != len(named):
        raise ValueError("sessions are missing")
    if kinds[:1] != ["signature"] or set(kinds[1:]) - {"countersignature"}:
        raise ValueError("lines are moved or not signed")
    return Checkpoint(
        hashlib.sha256(text).hexdigest(),
        float(first["at"]),
        {str(row["session"]): _chains(row["chains"]) for row in named},
        tuple(_signatures(text, signatures)),
    )


def _chains(value: dict[str, Any]) -> dict[str, Head]:
    if set(value) - set(_FILES):
        raise ValueError("an unknown chain")
    return {
        name: Head(int(it["lines"]), int(it["bytes"]), str(it["sha256"]))
        for name, it in value.items()
    }


def _signatures(text: bytes, rows: list[dict[str, Any]]) -> Iterator[Signature]:
    lines = text.splitlines(keepends=True)
    for place, row in enumerate(rows, len(lines) - len(rows)):
        line = {name: value for name, value in row.items() if name != "signature"}
        before = b"".join(lines[:place])
        signature = base64.b64decode(row["signature"], validate=True)
        yield Signature(str(row.get("by", "")), row["key"], _message(before, line), signature)


def _number(previous: bytes | None) -> int:
    return int(json.loads(previous.splitlines()[0])["number"]) if previous else 0
