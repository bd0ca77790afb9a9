"""The web process from start to stop."""

import asyncio
import signal
from functools import partial

import uvloop
from aiohttp import web

from server import garbage
from server.beside import living
from server.house import House, make_house
from server.routes import routes_of
from server.settings import Settings
from server.web.routes import PUBLIC, ROUTES
from server.web.site import Site, application

FINISH_WITHIN_S = 2.0
"""When the pages have gone, other requests have twice this long; a supervisor waits ten seconds."""

BACKLOG = 1024
"""So many lines may wait for their first answer: all pages of a process that has ended come."""


def build(settings: Settings) -> web.Application:
    """Build the application of the web process."""
    return _application(make_house(settings))


def _application(house: House) -> web.Application:
    site = Site.of(house.settings, house.accounts.principal_of)
    app = application(site, routes_of(house))
    house.wire.attach(app)
    for method in ("GET", "POST", "OPTIONS"):
        app[ROUTES].declare(method, "/socket.io/", PUBLIC)
    app.on_shutdown.append(partial(_end, house))
    app.cleanup_ctx.append(partial(living, house))
    return app


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    house = make_house(settings)
    runner = web.AppRunner(_application(house), access_log=None, shutdown_timeout=FINISH_WITHIN_S)
    await runner.setup()
    garbage.settle()
    try:
        site = web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG)
        await site.start()
        await _asked_to_stop()
        # Nobody comes in any more. Once aiohttp shuts down it is deaf to who is still here: their
        # commands would wait for nothing, and so would the end of their lines. They go before.
        await site.stop()
        await _goodbye(house)
    finally:
        await runner.cleanup()


async def _asked_to_stop() -> None:
    loop, asked = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    await asked.wait()


async def _goodbye(house: House) -> None:
    """Let the pages go before anything is waited for: another process takes them."""
    house.leaving.set()
    await house.wire.send_away()


async def _end(house: House, _app: web.Application) -> None:
    await _goodbye(house)
    await house.wire.close()
