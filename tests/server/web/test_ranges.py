"""Files in parts, to somebody who goes away in the middle."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from aiohttp import web

from server.web.ranges import send_range

SIZE = 64 << 20


async def test_who_breaks_off_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    given, ended = 0, asyncio.Event()

    def read(first: int, last: int) -> Iterator[bytes]:
        nonlocal given
        for _ in range(first, last, 1 << 16):
            given += 1 << 16
            yield bytes(1 << 16)

    async def big(request: web.Request) -> web.StreamResponse:
        try:
            return await send_range(request, SIZE, "video/webm", read)
        finally:
            ended.set()

    app = web.Application()
    app.router.add_get("/", big)
    runner = web.AppRunner(app)  # as the service does: no handler is cancelled
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0])
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readexactly(1000)
    writer.transport.abort()
    await asyncio.wait_for(ended.wait(), 30)
    await runner.cleanup()
    assert given < SIZE, "nothing is read for nobody"
    assert not [row for row in caplog.records if row.levelno >= logging.WARNING]
