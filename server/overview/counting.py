"""From counted rows to what the page shows."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from server.overview.repository import Counted
from signaling.commands import SessionKind
from signaling.session import SessionState

PROMPT_S = 15
"""The service level that the overview measures: answered within fifteen seconds."""

STEPS: Sequence[tuple[str, int | None]] = (
    ("15 秒内", 15),
    ("15–30 秒", 30),
    ("30–60 秒", 60),
    ("1–2 分钟", 120),
    ("2–5 分钟", 300),
    ("5 分钟以上", None),
)
ENDS: Mapping[SessionState, str] = MappingProxyType(
    {
        SessionState.CLOSED: "已办结",
        SessionState.WRAPPING: "待完善",
        SessionState.DEFERRED: "转为回电",
        SessionState.CANCELLED: "取消",
        SessionState.FAILED: "意外中断",
    }
)
OPEN = "进行中"


def by_week(rows: Sequence[Counted], first: date, last: date) -> list[dict[str, Any]]:
    """Return every week from that of ``first`` to that of ``last``, the empty ones, too."""
    counts = Counter[tuple[date, SessionKind]]()
    for row in rows:
        counts[row.week, row.kind] += row.count
    week, found = first - timedelta(days=first.weekday()), []
    while week <= last:
        kinds = {kind.value: counts[week, kind] for kind in SessionKind}
        found.append({"week": week.isoformat(), **kinds})
        week += timedelta(days=7)
    return found


def by_station(rows: Sequence[Counted], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every station with its sessions, the most first."""
    counts = _sums(rows, lambda row: row.station)
    order = sorted(names, key=lambda one: -counts[one])
    return [{"id": one, "name": names[one], "count": counts[one]} for one in order]


def by_kind(rows: Sequence[Counted]) -> list[dict[str, Any]]:
    """Return the kinds with their sessions."""
    counts = _sums(rows, lambda row: row.kind.value)
    return [{"kind": kind.value, "count": counts[kind.value]} for kind in SessionKind]


def by_end(rows: Sequence[Counted]) -> list[dict[str, Any]]:
    """Return how sessions ended."""
    counts = _sums(rows, lambda row: ENDS.get(row.state, OPEN))
    return [{"name": name, "count": counts[name]} for name in (*ENDS.values(), OPEN)]


def waiting(waits: Mapping[int, int]) -> dict[str, Any]:
    """Return how long people waited for a lawyer: percentiles, the prompt share, steps."""
    answered = sum(waits.values())
    prompt = sum(count for after, count in waits.items() if after <= PROMPT_S)
    return {
        "answered": answered,
        "p50": percentile(waits, 0.5),
        "p90": percentile(waits, 0.9),
        "prompt_share": round(prompt / answered, 4) if answered else None,
        "steps": _steps(waits),
    }


def percentile(waits: Mapping[int, int], share: float) -> int | None:
    """Return the least number of seconds within which so many were answered (nearest rank)."""
    wanted, seen = share * sum(waits.values()), 0
    for after in sorted(waits):
        seen += waits[after]
        if seen >= wanted:
            return after
    return None


def _steps(waits: Mapping[int, int]) -> list[dict[str, Any]]:
    counts = Counter[str]()
    for after, count in waits.items():
        counts[next(name for name, high in STEPS if high is None or after <= high)] += count
    return [{"name": name, "count": counts[name]} for name, _ in STEPS]


def _sums(rows: Sequence[Counted], key: Callable[[Counted], str]) -> Counter[str]:
    counts = Counter[str]()
    for row in rows:
        counts[key(row)] += row.count
    return counts
