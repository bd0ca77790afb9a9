"""The master key, which wraps the data keys of all sessions, and never touches media.

It is kept apart from what it protects: in a file on another volume (``file:/keys/master.key``), or
by a command that asks a key service (``command:/usr/local/bin/kms``), so that it never comes here.
"""

import base64
import hashlib
import os
import shlex
import subprocess
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from recordings.durable import write_whole
from recordings.keys import create_once

_COMMAND_S = 1.0
_REMEMBERED = 256
_REMEMBERED_S = 300.0


class MasterUnavailable(Exception):
    """The master key is missing, wrong, or does not answer; the message says what to do."""


class Master(Protocol):
    """Wraps and unwraps. Both raise MasterUnavailable; ``context`` must be the same for both."""

    def wrap(self, secret: bytes, context: str) -> str: ...

    def unwrap(self, token: str, context: str) -> bytes: ...

    def is_current(self, token: str) -> bool:
        """Whether it is wrapped by the key that wraps now, not by one that is to be retired."""
        ...

    def prepare(self, is_first: bool) -> None:
        """See that it can be used; make the key when nothing has ever been wrapped."""
        ...


def master_from(text: str) -> Master:
    """Read ``file:PATH`` or ``command:PROGRAM ARGUMENTS``. Raises ValueError with the rule."""
    kind, _, rest = text.partition(":")
    if kind == "file" and rest.startswith("/"):
        return MasterFile(Path(rest))
    if kind == "command" and rest.strip():
        return MasterCommand(tuple(shlex.split(rest)))
    raise ValueError("write file:/path/of/the/key or command:/path/of/a/program")


class MasterFile:
    """A file of keys, one a line in base64: the first wraps, all unwrap."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def prepare(self, is_first: bool) -> None:
        if is_first and not self._path.exists():
            create_once(self._path, _line(os.urandom(32)))
        self._keys()

    def wrap(self, secret: bytes, context: str) -> str:
        ident, key = next(iter(self._keys().items()))
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(key).encrypt(nonce, secret, context.encode())
        return f"{ident}:{base64.b64encode(sealed).decode()}"

    def unwrap(self, token: str, context: str) -> bytes:
        ident, _, text = token.partition(":")
        key = self._keys().get(ident)
        if key is None:
            raise MasterUnavailable(f"{self._path} holds no key {ident}: bring back the one it was")
        try:
            sealed = base64.b64decode(text, validate=True)
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], context.encode())
        except (ValueError, InvalidTag):
            raise MasterUnavailable("a wrapped key was changed") from None

    def is_current(self, token: str) -> bool:
        return token.partition(":")[0] == next(iter(self._keys()))

    def add(self) -> str:
        """Put a new key in front, durable on return; the earlier ones still unwrap. Its name.

        Nothing may be wrapped by it before: on another volume that could outlive the key itself.
        """
        key = os.urandom(32)
        write_whole(self._path, _line(key) + self._path.read_bytes())
        return _ident(key)

    def retire(self) -> int:
        """Drop all keys but the first; how many that were."""
        first, *others = self._path.read_bytes().splitlines(keepends=True)
        write_whole(self._path, first)
        return len(others)

    def _keys(self) -> dict[str, bytes]:
        """Read anew each time: it is small, and rotation shall need no restart."""
        try:
            lines = self._path.read_text("ascii").split()
            keys = [base64.b64decode(line, validate=True) for line in lines]
        except FileNotFoundError:
            raise MasterUnavailable(f"The master key is missing: {self._path}") from None
        except (OSError, ValueError):
            raise MasterUnavailable(f"{self._path} cannot be read as a master key") from None
        if not keys or any(len(key) != 32 for key in keys):
            raise MasterUnavailable(f"{self._path} holds no master key")
        return {_ident(key): key for key in keys}


class MasterCommand:
    """A program that is run as ``PROGRAM wrap`` and ``PROGRAM unwrap``.

    Standard input has two lines, the context and what to (un)wrap; standard output one: base64 of
    the secret, or the key service's token. It must answer within a second: the recorder waits. What
    it unwrapped is remembered for five minutes, since a player asks for a segment at a time.
    """

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()

    def prepare(self, is_first: bool) -> None:
        probe = os.urandom(32)
        if self._unwrapped(self.wrap(probe, "probe"), "probe") != probe:
            raise MasterUnavailable(f"{self._command[0]} does not unwrap what it wrapped")

    def wrap(self, secret: bytes, context: str) -> str:
        return self._run("wrap", context, base64.b64encode(secret).decode())

    def unwrap(self, token: str, context: str) -> bytes:
        now = time.monotonic()
        with self._lock:
            found = self._known.get((token, context))
        if found is not None and found[0] > now:
            return found[1]
        secret = self._unwrapped(token, context)
        with self._lock:
            self._known[token, context] = (now + _REMEMBERED_S, secret)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return secret

    def is_current(self, token: str) -> bool:
        return False  # the service knows; wrapping anew is always right

    def _unwrapped(self, token: str, context: str) -> bytes:
        try:
            secret = base64.b64decode(self._run("unwrap", context, token), validate=True)
        except ValueError:
            secret = b""
        if len(secret) != 32:
            raise MasterUnavailable(f"{self._command[0]} unwrap gave no key")
        return secret

    def _run(self, action: str, context: str, text: str) -> str:
        try:
            done = subprocess.run(
                [*self._command, action],
                input=f"{context}\n{text}\n",
                capture_output=True,
                text=True,
                timeout=_COMMAND_S,
                check=True,
            )
        except (OSError, ValueError, subprocess.SubprocessError):
            raise MasterUnavailable(f"{self._command[0]} {action} gives no answer") from None
        if not (answer := done.stdout.strip()):
            raise MasterUnavailable(f"{self._command[0]} {action} gives an empty answer")
        return answer


def _line(key: bytes) -> bytes:
    return base64.b64encode(key) + b"\n"


def _ident(key: bytes) -> str:
    return hashlib.sha256(b"yuntiao master" + key).hexdigest()[:16]
