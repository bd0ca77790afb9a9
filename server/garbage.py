"""Python's search for circles of garbage among all objects: seldom, in the web process.

With 2,000 pages connected it stops everything for 0.4 s, and Python began it every few seconds
while people called, to find next to nothing: what is not needed any more is nearly always freed
at once, or found among the young. Circles that live longer come of pages that have gone, some
kilobytes each; they may lie for minutes.
"""

import gc

COLLECT_EVERY_S = 600.0
_NEVER = 1_000_000


def settle() -> None:
    """Look no more through what is there now, and through all only when ``collect`` says so.

    Called once, when everything is imported. The young are looked through as ever.
    """
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)


async def collect() -> None:
    """Look through all that came since ``settle``."""
    gc.collect()
