"""The desk as figures for Prometheus: who waits, who is on duty, how today goes."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric

from server.dispatch import repository_wall as rows
from server.dispatch.wall import doing, level, start_of_day
from server.storage.engine import Database
from signaling.recording import RecordingState
from signaling.session import SessionState

_OPEN = tuple(state for state in SessionState if state not in ("closed", "cancelled", "deferred"))
_DOING = ("free", "ringing", "talking", "wrapping", "helping", "standby", "absent")


def desk_figures(
    db: Database, clock: Callable[[], datetime]
) -> Callable[[], Awaitable[Sequence[Metric]]]:
    """Return what reads them when somebody asks."""

    async def read() -> Sequence[Metric]:
        now = clock()
        async with db.read() as open_db:
            states = await rows.count_sessions(open_db)
            recordings = await rows.count_recordings(open_db)
            waiting = await rows.waiting(open_db)
            duties = await rows.on_duty(open_db, start_of_day(now))
            today = level(await rows.calls_since(open_db, start_of_day(now)), now)
        longest = max((now - one.since for one in waiting), default=now - now)
        return [
            _by("yuntiao_sessions", "Sessions that are not over, by state", "state", _OPEN, states),
            _one("yuntiao_waiting_longest_seconds", "Longest wait now", longest.total_seconds()),
            _by(
                "yuntiao_lawyers",
                "Lawyers on duty by what they do",
                "doing",
                _DOING,
                Counter(doing(one, now) for one in duties),
            ),
            _by(
                "yuntiao_calls_today",
                "Today's calls against the service level",
                "answered",
                ("within", "late"),
                {"within": today["within"], "late": today["counted"] - today["within"]},
            ),
            _by(
                "yuntiao_recordings",
                "Recordings of sessions in the room, by state",
                "state",
                tuple(RecordingState),
                recordings,
            ),
        ]

    return read


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _by(
    name: str, words: str, label: str, known: Sequence[str], counts: "dict[str, int] | Counter[str]"
) -> Metric:
    gauge = GaugeMetricFamily(name, words, labels=[label])
    for one in known:
        gauge.add_metric([str(one)], counts.get(one, 0))
    return gauge
