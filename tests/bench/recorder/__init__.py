"""What recording costs on top of forwarding: the same packets with it and without.

Both the loop's share (handing packets over) and the writer thread's (frames, clusters, encryption,
hashes, disk) count; encrypted, as everything is.
"""

from tests.bench.relay.path import path_figures

TURNS = 3


async def run() -> list[tuple[str, float, str]]:
    """The median turn of each, in turn: what else the machine does hits both."""
    with_it, without = [], []
    for _ in range(TURNS):
        with_it.append(await path_figures())
        without.append((await path_figures(recorded=False))[0])
    forwarding = sorted(without)[TURNS // 2]
    handing = sorted(loop for loop, _ in with_it)[TURNS // 2] - forwarding
    writing = sorted(writer for _, writer in with_it)[TURNS // 2]
    return [
        ("recorder.forwarding_us", forwarding, "us/packet"),
        ("recorder.handing_over_us", handing, "us/packet"),
        ("recorder.writing_us", writing, "us/packet"),
        ("recorder.cpu_share", 100 * (handing + writing) / forwarding, "%"),
    ]
