"""A relay from start to stop: the composition of this process."""

import asyncio
import logging
import signal
import sys
from contextlib import suppress
from functools import partial

import uvloop
from aiohttp import web

from recordings.keys import signing_key
from recordings.recorder import Recorder
from server.relay.config import RelayConfig, UnixControl
from server.relay.control import make_app
from server.relay.relay import MakeRecorder, Relay

log = logging.getLogger(__name__)


# Seconds for which the recorder's thread may hold the interpreter while a packet waits.
_SWITCH_S = 0.001


def run(config: RelayConfig) -> None:
    """Serve until SIGTERM or SIGINT, then seal every recording and return."""
    sys.setswitchinterval(_SWITCH_S)
    uvloop.run(_until_signalled(config))


async def _until_signalled(config: RelayConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(config, stop, _make_recorder(config))


async def serve(
    config: RelayConfig, stop: asyncio.Event, make_recorder: MakeRecorder = Recorder
) -> None:
    """Serve until ``stop`` is set."""
    config.recordings.mkdir(parents=True, exist_ok=True, mode=0o700)
    relay = Relay(config, make_recorder)
    runner = web.AppRunner(make_app(relay, config.token), access_log=None, shutdown_timeout=1.0)
    ticking = asyncio.create_task(relay.tick())
    try:
        await asyncio.to_thread(relay.recorder.recover)
        await runner.setup()
        await _site(runner, config).start()
        log.info("relay.started", extra={"boot": relay.boot, "udp_port": relay.udp_port})
        await stop.wait()
        relay.draining = True
    finally:
        await relay.close()
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        await runner.cleanup()
        log.info("relay.stopped", extra={"boot": relay.boot})


def _make_recorder(config: RelayConfig) -> MakeRecorder:
    key = signing_key(config.keys) if config.keys else None
    return partial(
        Recorder, key=key, reserve=config.reserve, second=config.second, vault=config.vault
    )


def _site(runner: web.AppRunner, config: RelayConfig) -> web.BaseSite:
    control = config.control
    if isinstance(control, UnixControl):
        control.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        control.path.unlink(missing_ok=True)  # what a killed relay left there
        return web.UnixSite(runner, str(control.path))
    return web.TCPSite(runner, control.host, control.port)
