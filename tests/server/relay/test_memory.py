"""What was freed is given back to the system."""

from pathlib import Path

from server.relay.memory import give_back


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def test_what_waited_for_a_disk_is_given_back() -> None:
    give_back()
    waiting = [bytes([number & 0xFF]) * 1150 for number in range(60_000)]
    kept = waiting[::1000]  # so that free pages lie between used ones
    waiting.clear()
    before = _resident_mb()
    give_back()
    assert before - _resident_mb() > 30
    assert len(kept) == 60
