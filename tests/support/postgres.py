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
from tests.support.processes import Program, running, start, wait_until_listening
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


@dataclass(frozen=True)
class _Home:
    """An initialised cluster that does not run."""

    folder: Path
    user: str | None
    binaries: Path
    port: int

    @property
    def cluster(self) -> PostgresCluster:
        return PostgresCluster(self.binaries, self.port)

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    def command(self, settings: tuple[str, ...]) -> list[str]:
        network = ["-c", "listen_addresses=127.0.0.1", "-k", str(self.folder)]
        chosen = [part for setting in settings for part in ("-c", setting)]
        program = [str(self.binaries / "postgres"), "-D", str(self.folder / "data")]
        return [*program, *network, "-p", str(self.port), *chosen]


@contextlib.contextmanager
def _home() -> Iterator[_Home]:
    binaries, port = _binaries(), free_port()
    user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
    # Not below pytest's folder: only root may enter that one.
    folder = Path(tempfile.mkdtemp(prefix="yuntiao-postgres-", dir=_fastest_folder()))
    try:
        if user:
            shutil.chown(folder, user, user)
        data = str(folder / "data")
        initdb = [str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"]
        subprocess.run(
            [*initdb, "--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        yield _Home(folder, user, binaries, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres_cluster() -> Iterator[PostgresCluster]:
    # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients a test left behind.
    with (
        _home() as home,
        running(home.command(FAST), home.log, user=home.user, politely=signal.SIGINT) as server,
    ):
        wait_until_listening(server, home.port)
        home.cluster.wait_until_ready()
        yield home.cluster


class MortalPostgres:
    """A cluster that is killed and comes back: what it has committed it must still know.

    Killing processes loses nothing that the kernel holds, so it may go without fsync; a commit is
    answered after it was written, as in production.
    """

    SETTINGS = ("fsync=off", "synchronous_commit=on")

    def __init__(self, home: _Home) -> None:
        self._home = home
        self._server = self._start()

    @property
    def cluster(self) -> PostgresCluster:
        return self._home.cluster

    def kill(self) -> None:
        """kill -9, the whole family at once."""
        self._server.kill_family()

    def restart(self) -> None:
        self._server = self._start()

    def stop(self) -> None:
        self._server.stop(signal.SIGINT)

    def _start(self) -> Program:
        home = self._home
        server = start(home.command(self.SETTINGS), home.log, user=home.user, cwd=home.folder)
        wait_until_listening(server, home.port)
        home.cluster.wait_until_ready()
        return server


@contextlib.contextmanager
def mortal_postgres() -> Iterator[MortalPostgres]:
    with _home() as home:
        server = MortalPostgres(home)
        try:
            yield server
        finally:
            server.stop()
