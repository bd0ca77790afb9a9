"""The supervisor's wall: who waits, who is on duty and does what, the service level, alarms.

Moments are milliseconds of unix time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.dispatch import repository_wall as rows
from server.dispatch.repository_wall import Answered, DutyRow, WaitingRow
from server.storage.engine import Transaction
from server.storage.schema import Task
from signaling.moments import milliseconds

Json = dict[str, Any]

ANSWER_WITHIN = timedelta(seconds=15)
TARGET = 0.9
"""The service level: this share of the calls is answered within that time."""

_LOCAL = ZoneInfo("Asia/Shanghai")


def start_of_day(now: datetime) -> datetime:
    """Return when today began in China."""
    return now.astimezone(_LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)


async def wall(db: Transaction, now: datetime) -> Json:
    """Return everything that the wall shows at this moment."""
    today = start_of_day(now)
    return {
        "now": milliseconds(now),
        "waiting": [_waiting(row) for row in await rows.waiting(db)],
        "lawyers": [_lawyer(row, now) for row in await rows.on_duty(db, today)],
        "level": level(await rows.calls_since(db, today), now),
        "callbacks": await rows.open_callbacks(db),
        "alarms": [_alarm(*row) for row in await rows.open_alarms(db)],
    }


def level(calls: Sequence[Answered], now: datetime) -> Json:
    """Count today's calls against the service level.

    A call counts once it is decided: answered, or not answered within the time. Who hung up before
    that was not kept waiting, and counts neither way. ``share`` is None as long as nothing counts.
    """
    within = sum(1 for one in calls if _within(one))
    late = sum(1 for one in calls if _late(one, now))
    counted = within + late
    waits = sorted(
        (one.accepted_at - one.requested_at).total_seconds() for one in calls if one.accepted_at
    )
    return {
        "within_seconds": ANSWER_WITHIN.total_seconds(),
        "target": TARGET,
        "calls": len(calls),
        "within": within,
        "counted": counted,
        "share": within / counted if counted else None,
        "median_seconds": waits[len(waits) // 2] if waits else None,
        "longest_seconds": waits[-1] if waits else None,
    }


def _within(call: Answered) -> bool:
    return call.accepted_at is not None and call.accepted_at - call.requested_at <= ANSWER_WITHIN


def _late(call: Answered, now: datetime) -> bool:
    waited = (call.accepted_at or call.ended_at or now) - call.requested_at
    return waited > ANSWER_WITHIN


def _waiting(row: WaitingRow) -> Json:
    session = row.session
    return {
        "id": session.id,
        "number": session.number,
        "station": row.station,
        "kind": session.kind.value,
        "matter": row.matter,
        "needs": session.needs,
        "state": session.state.value,
        "waits_since": milliseconds(row.since),
        "ringing": list(row.ringing),
    }


def _lawyer(row: DutyRow, now: datetime) -> Json:
    return {
        "id": row.duty.lawyer_id,
        "name": row.name,
        "doing": doing(row, now),
        "since": milliseconds((row.talking and row.duty.served_at) or row.duty.free_since),
        "station": row.station,
        "on_since": milliseconds(row.duty.since),
        "today": row.today,
    }


def doing(row: DutyRow, now: datetime) -> str:
    """Return absent | wrapping | talking | helping | ringing | standby | free."""
    if row.talking is not None:
        return "wrapping" if row.talking.ended_at else "talking"
    if row.duty.lease_until <= now:
        return "absent"
    if row.duty.helping_id is not None:
        return "helping"
    if row.ringing:
        return "ringing"
    return "standby" if row.duty.standby else "free"


def _alarm(task: Task, owner: str | None, number: str | None) -> Json:
    return {
        "id": task.id,
        "kind": task.kind,
        "number": number,
        "text": task.detail.get("text", ""),
        "opened_at": milliseconds(task.opened_at),
        "owner": owner,
        "taken_at": milliseconds(task.taken_at) if task.taken_at else None,
    }
