"""The servers that are measured, each in a process of its own and pinned to one core."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.waiting import eventually

ROOT = Path(__file__).parents[3]

_JANUS_PLUGINS = (
    "audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail"
)
_JANUS_TRANSPORTS = "http mqtt nanomsg pfunix rabbitmq"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: ``kind`` is ``relay``, ``bare`` (without recording) or ``janus``.

    ``control`` is its unix socket.
    """

    kind: str
    pid: int
    control: Path

    def cpu_seconds(self) -> float:
        """CPU time of all its threads so far, in the kernel too."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def has_janus() -> bool:
    """Whether Debian's package ``janus`` is installed."""
    return shutil.which("janus") is not None


def cores() -> tuple[set[int], set[int]]:
    """The core of the server and those of the load; the same one if there is only one."""
    ours = sorted(os.sched_getaffinity(0))
    return {ours[-1]}, set(ours[:-1] or ours)


@contextlib.asynccontextmanager
async def running(kind: str, folder: Path) -> AsyncIterator[Server]:
    """Start a server of ``kind`` that keeps its things below ``folder``."""
    folder.mkdir(parents=True)
    control = folder / "control.sock"
    command = _janus(folder, control) if kind == "janus" else _relay(folder, control)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    os.sched_setaffinity(process.pid, cores()[0])
    try:
        await eventually(control.exists, timeout=30.0)
        yield Server(kind, process.pid, control)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def _relay(folder: Path, control: Path) -> list[str]:
    module = os.environ.get("BENCH_RELAY", "server.relay")
    arguments = ["--control", f"unix:{control}", "--udp-port", "0", "--announce", "127.0.0.1"]
    folders = ["--recordings", str(folder / "recordings"), "--keys", str(folder / "keys")]
    return [sys.executable, "-m", module, *arguments, *folders]


def _janus(folder: Path, control: Path) -> list[str]:
    """Janus as it comes, with ICE-lite, and with only the parts that are used."""
    unused = {
        "plugins": [f"libjanus_{name}.so" for name in _JANUS_PLUGINS.split()],
        "transports": [f"libjanus_{name}.so" for name in _JANUS_TRANSPORTS.split()],
    }
    lines = ["general: { debug_level = 1, session_timeout = 0 }"]
    lines.append('nat: { ice_lite = true, ice_enforce_list = "eth,en,wl,lo" }')
    lines += [f'{part}: {{ disable = "{",".join(names)}" }}' for part, names in unused.items()]
    socket = f'ws = true, json = "compact", ws_unix = "{control}"'
    (folder / "janus.jcfg").write_text("\n".join(lines) + "\n")
    (folder / "janus.transport.websockets.jcfg").write_text(f"general: {{ {socket} }}\n")
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
    return ["janus", "-o", "-F", str(folder), "-C", str(folder / "janus.jcfg")]
