"""Events of this process, numbered; a bounded history for readers that come back, bounded buffers
for readers that are slow.
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress

_HISTORY = 4096  # events
_MOST_BUFFERED = 1 << 20  # bytes a reader may be behind
_HEARTBEAT = 2.0  # seconds


class Reader:
    """One open event stream; how long what it begins with may be, is its giver's to bound."""

    def __init__(self, begin: Iterable[bytes] = ()) -> None:
        self._lines = deque(begin)
        self._buffered = 0
        self._wake = asyncio.Event()
        self._open = True

    def push(self, line: bytes) -> None:
        """Add a line; a reader that is too far behind is cut off."""
        if self._buffered + len(line) > _MOST_BUFFERED:
            self.close()
            return
        self._lines.append(line)
        self._buffered += len(line)
        self._wake.set()

    def close(self) -> None:
        self._open = False
        self._wake.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield what there is; a blank line after each quiet time; end when closed."""
        while self._open:
            if not self._lines:
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), _HEARTBEAT)
            chunk = b"".join(self._lines) or b"\n"
            self._lines.clear()
            self._buffered = 0
            if self._open:
                yield chunk


class EventHub:
    """All events, for all readers."""

    def __init__(self, boot: str, wall: Callable[[], float] = time.time) -> None:
        self._boot = boot
        self._wall = wall
        self._number = 0
        self._history: deque[tuple[int, bytes]] = deque(maxlen=_HISTORY)
        self._readers: set[Reader] = set()

    def emit(self, kind: str, room: str, **fields: object) -> None:
        """Add an event; it is on its way to every reader when this returns."""
        self._number += 1
        event = {"n": self._number, "type": kind, "room": room, "at": self._wall(), **fields}
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        self._history.append((self._number, line))
        for reader in self._readers:
            reader.push(line)

    def pass_on(self, kind: str, room: str, **fields: object) -> None:
        """Tell readers something that is worth nothing a moment later: it is not kept."""
        event = {"n": self._number, "type": kind, "room": room, "at": self._wall(), **fields}
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        for reader in self._readers:
            reader.push(line)

    def open(self, after: int | None) -> Reader:
        """Begin a stream: the greeting, then what came after number ``after`` (None: only new)."""
        hello = {"type": "hello", "boot": self._boot, "n": self._number}
        told = [line for number, line in self._history if after is not None and number > after]
        reader = Reader([json.dumps(hello).encode() + b"\n", *told])
        self._readers.add(reader)
        return reader

    def drop(self, reader: Reader) -> None:
        reader.close()
        self._readers.discard(reader)

    def close(self) -> None:
        """End every stream: the process stops."""
        for reader in self._readers:
            reader.close()
