"""A TCP line that a test can stall (nothing passes, nobody is told) and cut (both are told)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from tests.support.ports import free_port

PIECE = 64 * 1024


class WeakLine:
    """Carries what comes to ``port`` on to ``target`` on loopback, while it may."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.target = target
        self._open = asyncio.Event()
        self._open.set()
        self._refusing = False
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def stall(self) -> None:
        """Let nothing pass; the ends hear nothing, as when a cable is pulled."""
        self._open.clear()

    def cut(self) -> None:
        """End every connection, and take no new one."""
        self._refusing = True
        for end in self._ends:
            end.transport.abort()

    def repair(self) -> None:
        """Carry again: what was stalled arrives late."""
        self._refusing = False
        self._open.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._ends.add(writer)
        with contextlib.suppress(OSError):
            if not self._refusing:
                there, back = await asyncio.open_connection("127.0.0.1", self.target)
                self._ends.add(back)
                await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
                self._ends.discard(back)
        writer.transport.abort()
        self._ends.discard(writer)
        self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._open.wait()
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def end(self) -> None:
        """Stop carrying for good."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for end in self._ends:
            end.transport.abort()


@contextlib.asynccontextmanager
async def weak_line(target: int) -> AsyncIterator[WeakLine]:
    """Carry until the block ends."""
    line = WeakLine(target)
    server = await asyncio.start_server(line.carry, "127.0.0.1", line.port)
    try:
        yield line
    finally:
        server.close()
        await line.end()
