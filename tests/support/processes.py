"""Programs started by tests: each in a process group of its own, logged to a file, always ended."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.support.waiting import POLL_S, SLOWNESS

ROOT = Path(__file__).parents[2]
STOP_S = 10.0
LOG_TAIL = 4000


class Program:
    """One started program and everything it started."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def output(self) -> str:
        """What it printed so far, stdout and stderr together."""
        return self.log.read_text(encoding="utf8", errors="replace")

    def tail(self) -> str:
        return self.output()[-LOG_TAIL:]

    def send(self, number: signal.Signals) -> None:
        """Signal the program alone, not what it started."""
        self._process.send_signal(number)

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, politely: signal.Signals = signal.SIGTERM) -> None:
        """Ask politely, then kill whatever is left of the group."""
        if self.running:
            self._process.send_signal(politely)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S * SLOWNESS)
        self.kill_group()


def start(
    command: Sequence[str | Path],
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path = ROOT,
) -> Program:
    """Start `command` (a list, never a shell line); `user` needs root."""
    account = pwd.getpwnam(user) if user else None
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    return Program(process, log)


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    politely: signal.Signals = signal.SIGTERM,
) -> Iterator[Program]:
    program = start(command, log, env, user, cwd=log.parent)
    try:
        yield program
    finally:
        program.stop(politely)


def wait_until_listening(program: Program, port: int, timeout: float = 20.0) -> None:
    """Block until `port` of loopback answers, for servers started from session fixtures."""
    deadline = time.monotonic() + timeout * SLOWNESS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if not program.running or time.monotonic() > deadline:
            raise AssertionError(
                f"{program.log.name}: port {port} never answered\n{program.tail()}"
            )
        time.sleep(POLL_S)
