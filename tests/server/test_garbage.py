"""When Python looks through all objects: in a process of its own, for it changes the process."""

import subprocess
import sys

SCRIPT = """
import asyncio, gc, weakref
from server.garbage import keep_collecting, settle

class Page:
    pass

def whole():
    return gc.get_stats()[2]["collections"]

settle()
begun = whole()
pages = [[Page() for _ in range(10)] for _ in range(100_000)]  # by itself Python looks, and again
print(whole() - begun)
page = Page()
page.itself, gone = page, weakref.ref(page)
gc.collect(1)
del page
gc.collect(1)
print(gone() is not None)

async def wait():
    collecting = asyncio.create_task(keep_collecting(0.01))
    while gone() is not None:
        await asyncio.sleep(0.001)
    collecting.cancel()

asyncio.run(asyncio.wait_for(wait(), 60))
print(gone() is None, whole() > begun)
"""


def test_all_objects_are_looked_through_when_we_say_so() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0", "True", "True", "True"]
