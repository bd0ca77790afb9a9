"""The signed end of a session's chains: what a chain alone cannot show, it shows.

``manifest.jsonl`` has one signed line for each time the session was sealed: at its close, and again
when facts came later (a correction of advice). A line names the heads of both chains, every
segment, and the line before it; none is ever replaced. Its SHA-256 is the *integrity value* that
parties can be given: whoever holds it proves that the line, and all before it, was there.
"""

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recordings import facts, journal
from recordings.durable import append_whole, sync_folder
from recordings.facts import canonical
from recordings.keys import PublicKey, SigningKey
from recordings.records import NO_HASH, CloseMark, Segment

NAME = "manifest.jsonl"
_VERSION = 1


class NotSealable(Exception):
    """The session goes on, or is no longer what was sealed before; the message says which."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain reached: its lines, their bytes, and the hash of the last."""

    lines: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One line; ``sha256`` is its integrity value."""

    sha256: str
    body: dict[str, Any]  # everything but the signature
    signature: bytes

    def head(self, name: str) -> Head:
        """The head of the chain ``journal`` or ``facts``. Raises ValueError."""
        try:
            value = self.body[name]
            return Head(int(value["lines"]), int(value["bytes"]), str(value["sha256"]))
        except (KeyError, TypeError):
            raise ValueError(f"names no head of the {name}") from None

    @property
    def key(self) -> str:
        return str(self.body.get("key"))

    def is_signed(self, key: PublicKey) -> bool:
        """Whether the key's owner signed this line."""
        return key.signed(self.signature, canonical(self.body))


def seal(
    folder: Path, key: SigningKey, at: float, erasure: Mapping[str, Any] | None = None
) -> Manifest | None:
    """Sign the session as it lies in ``folder``; None when that has been done and nothing changed.

    ``erasure`` is the certificate to sign with it, once the media is gone. Raises NotSealable:
    nothing is signed that was not closed, nor over a change to what was signed before. Raises
    OSError.
    """
    fd = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        _repair(fd)
        earlier = list(read(folder))
        body = _body(folder, key.public, at, earlier)
        if erasure is not None:
            body["erased"] = dict(erasure)
        elif earlier and _says_the_same(earlier[-1].body, body):
            return None
        text = _text(body, key.sign(canonical(body)))
        if not earlier:
            sync_folder(folder)  # a value is given to people: its file must be there tomorrow
        append_whole(fd, text + b"\n", sync=True)
        return _parse(text)
    except ValueError as error:
        raise NotSealable(str(error)) from None
    finally:
        os.close(fd)


def check(folder: Path, key: SigningKey) -> None:
    """See that ``seal`` would sign. Raises NotSealable, OSError."""
    try:
        _body(folder, key.public, 0.0, list(read(folder)) if (folder / NAME).exists() else [])
    except ValueError as error:
        raise NotSealable(str(error)) from None


def erased(manifests: list[Manifest], key: PublicKey | None = None) -> Mapping[str, Any] | None:
    """The certificate of erasure among them; None when the media is to be there.

    With a key only what it signed counts: a line that anybody wrote shall destroy nothing.
    """
    signed = [one for one in manifests if key is None or one.is_signed(key)]
    found = [one.body["erased"] for one in signed if isinstance(one.body.get("erased"), dict)]
    return found[0] if found else None


def read(folder: Path) -> Iterator[Manifest]:
    """Every whole line, oldest first. Raises ValueError at one that is no manifest; OSError."""
    for number, text in enumerate((folder / NAME).read_bytes().split(b"\n")[:-1], 1):
        try:
            yield _parse(text)
        except ValueError:
            raise ValueError(f"line {number} of {NAME} is no manifest") from None


def integrity(folder: Path) -> str | None:
    """The integrity value of a session; None while it is not sealed. Raises ValueError, OSError."""
    if not (folder / NAME).exists():
        return None
    manifests = list(read(folder))
    return manifests[-1].sha256 if manifests else None


def problems(folder: Path, key: PublicKey | None, is_open: bool) -> Iterator[tuple[str, str]]:
    """What is wrong with the manifest and what it signs: (place, sentence). Raises OSError.

    Without a key the signatures are not looked at, everything else is.
    """
    try:
        manifests = list(read(folder))
    except ValueError as error:
        yield NAME, str(error)
        return
    if not manifests and not is_open:
        yield NAME, "has no line"
    previous = NO_HASH
    for number, one in enumerate(manifests, 1):
        place = f"{NAME}:{number}"
        yield from ((place, what) for what in _line_problems(folder, one, number, previous, key))
        previous = one.sha256
    if manifests and not is_open:
        yield from _uncovered(folder, manifests[-1])


def _line_problems(
    folder: Path, one: Manifest, number: int, previous: str, key: PublicKey | None
) -> Iterator[str]:
    if key is not None and one.key != key.ident:
        yield f"is signed with another key: {one.key}"
    elif key is not None and not one.is_signed(key):
        yield "was changed: its signature does not fit"
    if one.body.get("number") != number or one.body.get("previous") != previous:
        yield "does not follow the line before: lines are missing or moved"
    if one.body.get("session") != folder.name:
        yield "is of another session"
    for name, file in _CHAINS:
        yield from _head_problems(folder / file, one, name)
    yield from _segment_problems(folder, one)


def _head_problems(path: Path, one: Manifest, name: str) -> Iterator[str]:
    try:
        signed = one.head(name)
    except ValueError as error:
        yield str(error)
        return
    if (what := difference(path, signed)) is not None:
        yield f"{path.name} {what}"


def head(path: Path) -> Head:
    """How far a chain reaches now; one without a file is empty. Raises OSError."""
    return _head(_content(path))


def head_json(head: Head) -> dict[str, Any]:
    """The head as it is written down."""
    return {"lines": head.lines, "bytes": head.bytes, "sha256": head.sha256}


def difference(path: Path, signed: Head) -> str | None:
    """Why a chain is no continuation of what it was; None when it is. Raises OSError."""
    content = _content(path)
    if len(content) < signed.bytes:
        return f"was cut off: {signed.lines} lines were signed"
    return "is not what was signed" if _head(content[: signed.bytes]) != signed else None


def _segment_problems(folder: Path, one: Manifest) -> Iterator[str]:
    """The list must say what the journal says: it is what remains when the journal is lost."""
    try:
        lines = one.head("journal").lines
    except ValueError:
        return
    rows = [row.record for row in journal.lines(folder)][:lines]
    if one.body.get("segments") != _segments([row for row in rows if isinstance(row, Segment)]):
        yield "its list of segments is not the journal's"


def _uncovered(folder: Path, last: Manifest) -> Iterator[tuple[str, str]]:
    for name, file in _CHAINS:
        try:
            signed = last.head(name)
        except ValueError:
            continue
        if len(_content(folder / file)) > signed.bytes:
            yield f"{file}:{signed.lines + 1}", "from here on nothing is signed"


def _body(folder: Path, key: PublicKey, at: float, earlier: list[Manifest]) -> dict[str, Any]:
    rows = journal.read(folder)
    if not rows or not isinstance(rows[-1], CloseMark):
        raise ValueError("the recording goes on")
    for name, file in _CHAINS:
        _check_chain(folder / file, [(one, name) for one in earlier])
    heads = {name: head_json(head(folder / file)) for name, file in _CHAINS}
    return {
        "version": _VERSION,
        "session": folder.name,
        "number": len(earlier) + 1,
        "previous": earlier[-1].sha256 if earlier else NO_HASH,
        "at": at,
        "key": key.ident,
        **heads,
        "segments": _segments([row for row in rows if isinstance(row, Segment)]),
    }


def _check_chain(path: Path, signed: list[tuple[Manifest, str]]) -> None:
    broken = journal.chain_problems(list(journal.lines(path))) if path.exists() else ()
    for _, what in broken:
        raise ValueError(what)
    for one, name in signed:
        for what in _head_problems(path, one, name):
            raise ValueError(what)


def _segments(rows: list[Segment]) -> list[dict[str, Any]]:
    names = ("file", "bytes", "sha256", "stored_bytes", "stored_sha256")
    texts = [row.as_json() for row in rows]
    return [{name: text[name] for name in names if name in text} for text in texts]


def _says_the_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in ("key", "journal", "facts"))


def _head(content: bytes) -> Head:
    whole = content.split(b"\n")[:-1]
    last = hashlib.sha256(whole[-1]).hexdigest() if whole else NO_HASH
    return Head(len(whole), sum(map(len, whole)) + len(whole), last)


def _content(path: Path) -> bytes:
    """The whole lines of a chain; a session without facts has no file of them."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1]


def _text(body: dict[str, Any], signature: bytes) -> bytes:
    return canonical(body | {"signature": base64.b64encode(signature).decode()})


def _parse(text: bytes) -> Manifest:
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError("no object")
    signature = base64.b64decode(str(body.pop("signature", "")), validate=True)
    if _text(body, signature) != text:
        raise ValueError("not in its one spelling")
    return Manifest(hashlib.sha256(text).hexdigest(), body, signature)


def _repair(fd: int) -> None:
    """Cut off a torn last line: it was never told to anybody."""
    content = os.pread(fd, os.fstat(fd).st_size, 0)
    os.ftruncate(fd, content.rfind(b"\n") + 1)


_CHAINS = (("journal", journal.NAME), ("facts", facts.NAME))
