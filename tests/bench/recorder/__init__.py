"""What recording costs on top of forwarding: the same relay under the same rooms with and without.

``recorder.cpu_share`` is of the whole process, as an operator sees it; the others are of the packet
path alone, the loop's share (handing packets over) and the writer thread's (frames, clusters,
encryption, hashes, disk). Everything is encrypted, as everywhere.
"""

import os
import sys
from statistics import median

from tests.bench.relay import ROOMS
from tests.bench.relay.measuring import measure
from tests.bench.relay.path import path_figures

TURNS = int(os.environ.get("BENCH_PAIRS", "5"))
Figure = tuple[str, float, str]


async def run() -> list[Figure]:
    """Everything in turn: what else the machine does hits both alike."""
    return [*await _path(), await _share()]


async def _path() -> list[Figure]:
    with_it, without = [], []
    for _ in range(TURNS):
        with_it.append(await path_figures())
        without.append((await path_figures(recorded=False))[0])
    forwarding = median(without)
    return [
        ("recorder.forwarding_us", forwarding, "us/packet"),
        ("recorder.handing_over_us", median(loop for loop, _ in with_it) - forwarding, "us/packet"),
        ("recorder.writing_us", median(writer for _, writer in with_it), "us/packet"),
    ]


async def _share() -> Figure:
    shares = []
    for number in range(TURNS):
        kinds = ("relay", "bare")[:: -1 if number % 2 else 1]
        cost = {kind: (await measure(kind, ROOMS)).cpu_us for kind in kinds}
        shares.append(100 * (cost["relay"] / cost["bare"] - 1))
        line = f"recorded {cost['relay']:.1f} us, not recorded {cost['bare']:.1f} us"
        print(f"pair {number + 1}: {line}", file=sys.stderr)
    return ("recorder.cpu_share", median(shares), "%")
