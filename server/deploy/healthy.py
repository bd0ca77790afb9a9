"""`python -m server.deploy.healthy URL`: exit code 0 when URL answers 200, for containers.

The image has no curl; a relay wants its token on every request. For relays that share a folder of
sockets, in place of a URL: `python -m server.deploy.healthy relay FOLDER` asks the one that runs in
this container.
"""

import os
import socket
import struct
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

TIMEOUT_S = 4


def healthy(url: str, token: str) -> bool:
    """Whether `url` (http only) answers 200 in time."""
    if not url.startswith("http://"):
        raise ValueError("write an http:// address")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - checked just above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)  # Docker keeps it with the state of health
        return False


def relay_healthy(folder: Path, token: str) -> bool:
    """Whether a relay of this container answers 200 in time on its socket in `folder`."""
    own = list(_own_lines(folder))
    answers = [_answers(line, token) for line in own]
    if not own:
        print(f"{folder}: no relay of this container", file=sys.stderr)
    return bool(answers) and all(answers)


def _own_lines(folder: Path) -> Iterator[socket.socket]:
    """Lines to the sockets whose listeners have a process number here: other containers' have 0."""
    for path in sorted(folder.glob("*.sock")):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(TIMEOUT_S)
        with suppress(OSError):
            line.connect(str(path))
            whose = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            if struct.unpack("3i", whose)[0]:
                yield line
                continue
        line.close()


def _answers(line: socket.socket, token: str) -> bool:
    connection = HTTPConnection("relay")
    connection.sock = line
    try:
        connection.request("GET", "/healthz", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status == 200
    except OSError as error:
        print(f"relay: {error}", file=sys.stderr)
        return False
    finally:
        connection.close()


def _main(asked: list[str]) -> bool:
    token = os.environ.get("YUNTIAO_RELAY_TOKEN", "")
    if asked[0] == "relay":
        return relay_healthy(Path(asked[1]), token)
    return healthy(asked[0], token)


if __name__ == "__main__":
    sys.exit(0 if _main(sys.argv[1:]) else 1)
