"""A relay from start to stop: the composition of this process."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import uvloop
from aiohttp import web

from recordings.keys import signing_key
from recordings.recorder import Recorder
from server import garbage
from server.relay.config import RelayConfig, TcpControl, UnixControl
from server.relay.control import make_app
from server.relay.relay import MakeRecorder, Relay

log = logging.getLogger(__name__)

# Seconds for which the recorder's thread may hold the interpreter while a packet waits. Each call
# that leaves the interpreter may cost so much: with 1 ms and 80 rooms packets come in heaps.
_SWITCH_S = 0.0002

# An empty relay that leaves stays so long, for whoever is still reading its last events.
_LAST_WORDS_S = 2.0
_SEALED_S = 30.0
_LOOK_S = 0.2


def run(config: RelayConfig) -> None:
    """Serve until SIGTERM or SIGINT, then seal every recording and return.

    SIGUSR1 asks it to leave: it takes no new rooms and returns when its last one has closed.
    Raises ConfigError when no port is free.
    """
    sys.setswitchinterval(_SWITCH_S)
    uvloop.run(_until_signalled(config))


async def _until_signalled(config: RelayConfig) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    leave = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, leave.set)
    garbage.settle()
    collecting = asyncio.create_task(garbage.keep_collecting())
    try:
        await serve(config, stop, _make_recorder(config), leave)
    finally:
        collecting.cancel()


async def serve(
    config: RelayConfig,
    stop: asyncio.Event,
    make_recorder: MakeRecorder = Recorder,
    leave: asyncio.Event | None = None,
) -> None:
    """Serve until ``stop`` is set, or ``leave`` and all rooms have closed."""
    config.recordings.mkdir(parents=True, exist_ok=True, mode=0o700)
    relay = Relay(config, make_recorder)
    runner = web.AppRunner(make_app(relay, config.token), access_log=None, shutdown_timeout=1.0)
    tasks = [asyncio.create_task(relay.tick())]
    if leave is not None:
        tasks.append(asyncio.create_task(_stop_when_empty(relay, leave, stop)))
    try:
        await asyncio.to_thread(relay.recorder.recover)
        await runner.setup()
        await _site(runner, config.control.of(relay.udp_port)).start()
        log.info("relay.started", extra={"boot": relay.boot, "udp_port": relay.udp_port})
        await stop.wait()
        relay.draining = True
    finally:
        await relay.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runner.cleanup()
        log.info("relay.stopped", extra={"boot": relay.boot})


async def _stop_when_empty(relay: Relay, leave: asyncio.Event, stop: asyncio.Event) -> None:
    await leave.wait()
    relay.draining = True
    log.info("relay.leaving", extra={"boot": relay.boot, "rooms": len(relay.rooms)})
    await _until(lambda: not relay.rooms)
    with suppress(TimeoutError):
        async with asyncio.timeout(_SEALED_S):
            await _until(lambda: not relay.is_sealing)
    await asyncio.sleep(_LAST_WORDS_S)
    stop.set()


async def _until(condition: Callable[[], bool]) -> None:
    while True:
        if condition():
            return
        await asyncio.sleep(_LOOK_S)


def _make_recorder(config: RelayConfig) -> MakeRecorder:
    key = signing_key(config.keys) if config.keys else None
    return partial(
        Recorder, key=key, reserve=config.reserve, second=config.second, vault=config.vault
    )


def _site(runner: web.AppRunner, control: UnixControl | TcpControl) -> web.BaseSite:
    if isinstance(control, UnixControl):
        control.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        control.path.unlink(missing_ok=True)  # what a killed relay left there
        return web.UnixSite(runner, str(control.path))
    return web.TCPSite(runner, control.host, control.port)
