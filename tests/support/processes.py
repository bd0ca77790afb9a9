"""Programs started by tests: logged to a file, and ended with everything they started.

What a program starts may leave its process group and outlive it, so each program is given a mark
in its environment, which its offspring inherit.
"""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.support.waiting import POLL_S, SLOWNESS

ROOT = Path(__file__).parents[2]
STOP_S = 10.0
LOG_TAIL = 4000
MARK = "STARTED_BY_TEST"


class Program:
    """One started program and everything it started."""

    def __init__(self, process: subprocess.Popen[bytes], mark: str, log: Path) -> None:
        self._process = process
        self._mark = f"{MARK}={mark}".encode()
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

    def family(self) -> list[int]:
        """The processes alive of the program and all it started."""
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [pid for pid in pids if self._mark in _environment(pid)]

    def kill_family(self) -> None:
        # One that is being started while others are killed shows up in the next round.
        while family := self.family():
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, politely: signal.Signals = signal.SIGTERM) -> None:
        """Ask politely, then kill whatever is left of the family."""
        if self.running:
            self._process.send_signal(politely)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S * SLOWNESS)
        self.kill_family()


def start(
    command: Sequence[str | Path],
    log: Path,
    env: Mapping[str, str] | None = None,
    user: str | None = None,
    cwd: Path = ROOT,
) -> Program:
    """Start `command` (a list, never a shell line); `user` needs root."""
    account = pwd.getpwnam(user) if user else None
    mark = uuid.uuid4().hex
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**(os.environ if env is None else env), MARK: mark},
            cwd=cwd,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    return Program(process, mark, log)


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


def wait_until_listening(
    program: Program, port: int, timeout: float = 20.0, host: str = "127.0.0.1"
) -> None:
    """Block until `port` of `host` answers, for servers started from session fixtures."""
    deadline = time.monotonic() + timeout * SLOWNESS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        if not program.running or time.monotonic() > deadline:
            raise AssertionError(
                f"{program.log.name}: port {port} never answered\n{program.tail()}"
            )
        time.sleep(POLL_S)


def _environment(pid: int) -> list[bytes]:
    """Empty for a process that has ended, even if nobody has collected it yet."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
