"""A Redis of our own on loopback that keeps nothing."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.support.ports import free_port
from tests.support.processes import running, wait_until_listening


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Its URL, while it runs."""
    port = free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    with running([*command, "--appendonly", "no"], folder / "redis.log") as server:
        wait_until_listening(server, port)
        yield f"redis://127.0.0.1:{port}/0"
