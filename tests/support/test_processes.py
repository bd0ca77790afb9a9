"""What a test starts is gone afterwards, grandchildren too; and waiting tells what it saw."""

import os
import sys
from pathlib import Path

import pytest

from tests.support.processes import running
from tests.support.waiting import eventually

PARENT = """
import subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True
)
print(child.pid, flush=True)
child.wait()
"""


def alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and only waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_a_program_takes_what_it_started_with_it(tmp_path: Path) -> None:
    with running([sys.executable, "-c", PARENT], tmp_path / "parent.log") as parent:
        child = int(await eventually(parent.output))
        assert alive(child)
        os.kill(parent.pid, 9)
    assert not alive(parent.pid)
    await eventually(lambda: not alive(child))


async def test_waiting_in_vain_says_for_what() -> None:
    with pytest.raises(AssertionError, match="the tide"):
        await eventually(lambda: False, timeout=0, what="the tide")


async def test_a_failed_assertion_means_not_yet() -> None:
    tries: list[int] = []

    async def third_time() -> str:
        tries.append(1)
        assert len(tries) == 3
        return "there"

    assert await eventually(third_time) == "there"


async def test_a_broken_check_is_raised_at_once() -> None:
    async def broken() -> bool:
        raise LookupError

    with pytest.raises(LookupError):
        await eventually(broken)
