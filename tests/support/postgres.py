"""A PostgreSQL cluster of our own on loopback, thrown away afterwards."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port
from tests.support.processes import running, wait_until_listening
from tests.support.waiting import POLL_S, SLOWNESS

# Nothing here must survive a crash, and every test waits for it.
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@dataclass(frozen=True)
class PostgresCluster:
    """Superuser `postgres`, no password, TCP on 127.0.0.1."""

    binaries: Path
    port: int

    def _run(self, tool: str, *arguments: str) -> None:
        address = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        subprocess.run([self.binaries / tool, *address, *arguments], check=True)

    def wait_until_ready(self) -> None:
        """Block until it takes work: a server that listens may still be starting up."""
        deadline = time.monotonic() + 20 * SLOWNESS
        command = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(command, check=False).returncode != 0:
            assert time.monotonic() < deadline, "PostgreSQL never became ready"
            time.sleep(POLL_S)

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """A fresh database, empty or a copy of `template` (its URL): its URL for SQLAlchemy."""
        name = f"test_{uuid.uuid4().hex}"
        source = template.rpartition("/")[2]
        self._run("createdb", f"--template={source}", "--encoding=UTF8", name)
        try:
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"
        finally:
            self._run("dropdb", "--force", "--if-exists", name)


def _binaries() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path is None:
        raise RuntimeError("PostgreSQL's server is not installed: run make test, or install it")
    return Path(on_path).parent


def _fastest_folder() -> Path | None:
    """Memory, where there is enough of it: a database a test is made four times as fast."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _ROOM
    return _MEMORY if roomy else None


@contextlib.contextmanager
def postgres_cluster() -> Iterator[PostgresCluster]:
    binaries, port = _binaries(), free_port()
    user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
    # Not below pytest's folder: only root may enter that one.
    home = Path(tempfile.mkdtemp(prefix="yuntiao-postgres-", dir=_fastest_folder()))
    try:
        if user:
            shutil.chown(home, user, user)
        data = str(home / "data")
        initdb = [str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"]
        subprocess.run(
            [*initdb, "--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True,
            user=user,
            cwd=home,
            stdout=subprocess.DEVNULL,
        )
        network = ["-c", "listen_addresses=127.0.0.1", "-k", str(home), "-p", str(port)]
        settings = [part for setting in FAST for part in ("-c", setting)]
        command = [str(binaries / "postgres"), "-D", data, *network, *settings]
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients a test left behind.
        log = home / "postgres.log"
        with running(command, log, user=user, politely=signal.SIGINT) as server:
            wait_until_listening(server, port)
            cluster = PostgresCluster(binaries, port)
            cluster.wait_until_ready()
            yield cluster
    finally:
        shutil.rmtree(home, ignore_errors=True)
