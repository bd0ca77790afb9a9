"""`python -m server.deploy.healthy URL`: exit code 0 when URL answers 200, for containers.

The image has no curl; a relay wants its token on every request. For a relay, whose control address
has a number in it that nobody knows beforehand: `python -m server.deploy.healthy relay` asks what
this container's processes listen on at YUNTIAO_RELAY_CONTROL.
"""

import os
import socket
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from http.client import HTTPConnection
from pathlib import Path

TIMEOUT_S = 4
_LISTENING = "0A"
"""TCP_LISTEN, as /proc/net/tcp writes it."""


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


def relay_healthy(control: str, token: str) -> bool:
    """Whether a relay of this container answers 200 in time at ``control``, as its setting says."""
    addresses = list(_own_addresses(control))
    if not addresses:
        print(f"{control}: no relay of this container", file=sys.stderr)
    return bool(addresses) and all(_answers(address, token) for address in addresses)


def _own_addresses(control: str) -> Iterator[str | tuple[str, int]]:
    """Where processes seen from here listen; those of other containers are not seen."""
    kind, _, wanted = control.partition(":")
    own = _own_sockets()
    if kind == "unix":
        # Num RefCount Protocol Flags Type St Inode Path
        for row in _rows("unix"):
            if len(row) == 8 and row[6] in own and fnmatchcase(row[7], wanted):
                yield row[7]
        return
    host, _, port = wanted.rpartition(":")
    # sl local_address rem_address st … inode is the tenth
    for row in [*_rows("tcp"), *_rows("tcp6")]:
        number = int(row[1].rpartition(":")[2], 16)
        if row[3] == _LISTENING and row[9] in own and fnmatchcase(str(number), port):
            yield host.strip("[]"), number


def _rows(table: str) -> list[list[str]]:
    with suppress(OSError):
        return [row.split() for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return []


def _own_sockets() -> frozenset[str]:
    """Return the inodes of the sockets that processes of this user hold open."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # it ended, or is somebody else's
            kind, _, inode = str(link.readlink()).partition(":")
            if kind == "socket":
                found.add(inode.strip("[]"))
    return frozenset(found)


def _answers(address: str | tuple[str, int], token: str) -> bool:
    connection = HTTPConnection("relay")
    try:
        connection.sock = _connected(address)
        connection.request("GET", "/healthz", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status == 200
    except OSError as error:
        print(f"relay: {error}", file=sys.stderr)
        return False
    finally:
        connection.close()


def _connected(address: str | tuple[str, int]) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, TIMEOUT_S)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(TIMEOUT_S)
    line.connect(address)
    return line


def _main(asked: list[str]) -> bool:
    token = os.environ.get("YUNTIAO_RELAY_TOKEN", "")
    if asked[0] == "relay":
        return relay_healthy(os.environ["YUNTIAO_RELAY_CONTROL"], token)
    return healthy(asked[0], token)


if __name__ == "__main__":
    sys.exit(0 if _main(sys.argv[1:]) else 1)
