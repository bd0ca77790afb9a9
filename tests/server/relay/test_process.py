"""The relay as the supervisor starts it."""

import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.server.relay.relays import Control
from tests.support.processes import ROOT, start
from tests.support.waiting import eventually

COMMAND = [sys.executable, "-m", "server.relay"]


async def test_it_starts_says_hello_and_stops_politely(tmp_path: Path) -> None:
    path = tmp_path / "relay.sock"
    arguments = [f"unix:{path}", "0", "127.0.0.1", str(tmp_path / "recordings")]
    names = ["--control", "--udp-port", "--announce", "--recordings"]
    options = [part for pair in zip(names, arguments, strict=True) for part in pair]
    for _ in range(2):  # the second one finds the socket that the first one left
        program = start([*COMMAND, *options], tmp_path / "log")
        try:
            async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as http:
                control = Control(http)
                await eventually(lambda: control.call("GET", "/hello"))  # noqa: B023
        finally:
            program.stop()
        assert "relay.stopped" in program.output()
        assert "Traceback" not in program.output()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--control", "ftp:x", "unix:/path.sock"),
        ("--announce", "localhost", "IP addresses"),
        ("--udp-port", "99999", "UDP port"),
        ("--token-file", "/nonexistent", "cannot read a token"),
    ],
)
def test_wrong_settings_are_refused_with_a_sentence(
    option: str, value: str, sentence: str, tmp_path: Path
) -> None:
    settings = {
        "--control": f"unix:{tmp_path / 's'}",
        "--udp-port": "0",
        "--announce": "127.0.0.1",
        "--recordings": str(tmp_path),
        option: value,
    }
    options = [part for pair in settings.items() for part in pair]
    done = subprocess.run(
        [*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
