"""Free ports on loopback."""

import random
import socket

# Below where the kernel takes ports for outgoing connections, so that none of those is in the way;
# at random, so that two runs side by side hardly ever choose the same.
_PORTS = range(12000, 32000)
_TRIES = 100


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port nobody listens on now. Between asking and using, another process may take it."""
    for port in random.SystemRandom().sample(_PORTS, _TRIES):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"{_TRIES} ports tried, none is free")
