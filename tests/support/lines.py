"""Lines as thin as a township's: network namespaces of our own.

A `Line` is a namespace with one cable to this machine. What runs inside reaches this machine at
`line.server` and nothing else. The bottleneck is `tc tbf`, losses are nftables' dice: kernels that
lack `netem` have both.
"""

import contextlib
import random
import secrets
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NUMBERS = range(250)  # as many as 10.77.n.0/24 has room for, and all one machine will need


@dataclass(frozen=True)
class Line:
    """One cable: `near` is our end's device, `far` the one inside the namespace."""

    namespace: str
    near: str
    far: str
    server: str
    client: str

    def carry(self, kbit: int) -> None:
        """Let each direction carry this much (kbit/s) from now on, with 200 ms of buffer."""
        words = ("root", "tbf", "rate", f"{kbit}kbit", "burst", "5kb", "latency", "200ms")
        _run("tc", "qdisc", "replace", "dev", self.near, *words)
        self._inside("tc", "qdisc", "replace", "dev", self.far, *words)

    def lose(self, per_cent: float) -> None:
        """Lose this share of the UDP datagrams of each direction from now on."""
        dice = f"numgen random mod 1000 < {round(per_cent * 10)} drop"
        self._rules(f"meta l4proto udp {dice}")

    def cut(self) -> None:
        """Pull the plug."""
        _run("ip", "link", "set", self.near, "down")

    def mend(self) -> None:
        """Put it back."""
        _run("ip", "link", "set", self.near, "up")

    def readdress(self) -> None:
        """Give the far end another address, as a line does that is dialled anew."""
        other = f"{self.client}2"  # 10.77.n.22
        self._inside("ip", "addr", "flush", "dev", self.far)
        self._inside("ip", "addr", "add", f"{other}/24", "dev", self.far)
        self._inside("ip", "route", "replace", "default", "via", self.server)

    def block_udp(self) -> None:
        """Let no UDP through, either way, as some offices do."""
        self._rules("meta l4proto udp drop")

    def wrapper(self, folder: Path, program: str) -> Path:
        """Write a script that runs a program inside the namespace; return its path."""
        script = folder / f"{Path(program).name}-in-{self.namespace}"
        inside = f"exec ip netns exec {self.namespace} {shlex.quote(program)}"
        script.write_text(f'#!/bin/sh\n{inside} "$@"\n')
        script.chmod(0o755)
        return script

    def _rules(self, rule: str) -> None:
        """Put one rule, and nothing else, on what comes out of the cable at either end.

        Where it goes in the sender would be told, which no real line does.
        """
        _run("nft", self._table(self.near, rule))
        self._inside("nft", self._table(self.far, rule))

    def _table(self, device: str, rule: str) -> str:
        chain = f'type filter hook input priority 0; iifname "{device}" {rule};'
        table = f"table ip {device}"
        return f"{table}; flush {table}; {table} {{ chain input {{ {chain} }}; }}"

    def _inside(self, *words: str) -> None:
        _run("ip", "netns", "exec", self.namespace, *words)


@contextlib.contextmanager
def line() -> Iterator[Line]:
    """A new line; gone, with its namespace, when the block ends. Needs root."""
    made = _free_line()
    try:
        _run("ip", "netns", "add", made.namespace)
        _connect(made)
        yield made
    finally:
        for words in (
            ["ip", "link", "del", made.near],
            ["nft", f"delete table ip {made.near}"],
            ["ip", "netns", "del", made.namespace],
        ):
            subprocess.run(words, check=False, capture_output=True)


def _free_line() -> Line:
    """Make the cable of a number that nobody has: other runs, and killed ones, leave theirs."""
    refused = ""
    for number in random.sample(_NUMBERS, len(_NUMBERS)):
        made = Line(
            namespace=f"yt{number}-{secrets.token_hex(4)}",
            near=f"ytn{number}",
            far=f"ytf{number}",
            server=f"10.77.{number}.1",
            client=f"10.77.{number}.2",
        )
        cable = ["ip", "link", "add", made.near, "type", "veth", "peer", "name", made.far]
        done = subprocess.run(cable, check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return made
        refused = done.stderr.strip()
        if "File exists" not in refused:
            break
    raise AssertionError(f"no cable to be had: {refused}")


def _connect(made: Line) -> None:
    _run("ip", "link", "set", made.far, "netns", made.namespace)
    # What the kernel carries as one comes apart before the cable: dice and bucket see datagrams.
    _run("ip", "link", "set", made.near, "gso_max_segs", "1")
    _run("ip", "-n", made.namespace, "link", "set", made.far, "gso_max_segs", "1")
    _run("ip", "addr", "add", f"{made.server}/24", "dev", made.near)
    _run("ip", "link", "set", made.near, "up")
    inside = ("ip", "-n", made.namespace)
    _run(*inside, "addr", "add", f"{made.client}/24", "dev", made.far)
    _run(*inside, "link", "set", made.far, "up")
    _run(*inside, "link", "set", "lo", "up")
    _run(*inside, "route", "add", "default", "via", made.server)


def _run(*words: str) -> None:
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr.strip()}"
