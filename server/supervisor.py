"""One command, three processes: web, relay and jobs, each restarted when it dies."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from server.settings import Settings

log = logging.getLogger(__name__)

PROCESSES = ("relay", "web", "jobs")
STOP_WITHIN_S = 10.0
BACK_OFF_S = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
STEADY_S = 10.0
"""A process that lived this long is restarted at once; one that keeps dying, ever more slowly."""


@dataclass(slots=True)
class Patience:
    """How long to wait before the next start."""

    failures: int = 0

    def next_wait(self, lived: float) -> float:
        """Return seconds to wait after a life of ``lived`` seconds."""
        self.failures = 0 if lived >= STEADY_S else self.failures + 1
        return BACK_OFF_S[min(self.failures, len(BACK_OFF_S) - 1)]


def run(settings: Settings, say: Callable[[str], None] = print) -> None:
    """Supervise until SIGTERM or SIGINT, then stop every process and return."""
    asyncio.run(_supervise(settings, say))


async def _supervise(settings: Settings, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as keepers:
        for name in PROCESSES:
            keepers.create_task(_keep(name, stop))
        say(await _greeting(settings))


async def _greeting(settings: Settings) -> str:
    from server.district.greeting import greeting
    from server.district.start import greeting_facts
    from server.house import now

    accounts, code = await greeting_facts(settings, now)
    return greeting(settings, accounts, code)


async def _keep(name: str, stop: asyncio.Event) -> None:
    patience = Patience()
    while not stop.is_set():
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server", name, start_new_session=True, env=os.environ
        )
        log.info("process.started", extra={"part": name, "pid": process.pid})
        await _until(process, stop)
        if stop.is_set():
            return
        wait = patience.next_wait(time.monotonic() - began)
        extra = {"part": name, "code": process.returncode, "restart_in_s": wait}
        log.warning("process.died", extra=extra)
        await _sleep(wait, stop)


async def _until(process: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
    """Wait for the process's end; when asked to stop, ask it, and insist after a while."""
    ended = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if ended.done():
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await asyncio.shield(ended)
    except TimeoutError:
        process.kill()
        await ended


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
