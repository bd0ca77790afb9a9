"""Stations that may be called: which can be reached, and which answer by themselves (无人值守)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from server.appointments import repository
from server.audit import log as audit
from server.audit.actions import AuditAction
from server.sessions.repository import appointments as rows
from server.storage.engine import Database
from server.storage.schema import StationAnswering
from signaling.codec import Between, Text
from signaling.errors import NotFound, UserError
from signaling.roster import DAY

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Permission:
    """What a station allows its terminals; ``days``: weekdays 0..6, Monday first, as digits."""

    allowed: bool
    start: Annotated[float, Between(0, DAY)]
    end: Annotated[float, Between(0, DAY)]
    days: Annotated[str, Text(7)]


class WrongHours(UserError):
    """No time of the day, or no day, is left."""

    code = "wrong_hours"
    message = "结束要晚于开始，并且至少选一天。"


class Answering:
    """What pages call about stations that are called."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def stations(self) -> list[Json]:
        """Return the stations a lawyer may call, and whether they can be reached now."""
        now = self._clock()
        async with self._db.read() as read:
            found = await repository.townships(read)
            seen = await repository.seen_signed_in(read, now)
            busy = await repository.busy_stations(read)
            allowed = await repository.answering(read)
        return [
            {
                "id": one.id,
                "name": one.name,
                "online": one.id in seen and seen[one.id] > now - rows.ONLINE,
                "busy": one.id in busy,
                "unattended": one.id in allowed and allowed[one.id].allowed,
            }
            for one in found
        ]

    async def permissions(self) -> list[Json]:
        """Return what each station allows unattended terminals."""
        async with self._db.read() as read:
            found = await repository.townships(read)
            allowed = await repository.answering(read)
        return [{"id": one.id, "name": one.name, **_rule(allowed.get(one.id))} for one in found]

    async def permit(self, station: str, body: Permission, actor: str) -> None:
        """Set what a station allows; raises NotFound, WrongHours."""
        days = "".join(sorted(set(body.days)))
        if body.allowed and (body.start >= body.end or not days):
            raise WrongHours
        if days.strip("0123456"):
            raise WrongHours
        now = self._clock()
        async with self._db.write() as write:
            if station not in {one.id for one in await repository.townships(write)}:
                raise NotFound
            row = await rows.answering_of(write, station) or StationAnswering(station_id=station)
            row.allowed, row.start, row.end = body.allowed, int(body.start), int(body.end)
            row.days, row.set_by, row.set_at = days, actor, now
            write.add(row)
            detail: dict[str, str | int] = {"allowed": int(body.allowed), "days": days}
            audit.append(
                write, AuditAction.UNATTENDED_SET, now, actor, subject=station, detail=detail
            )


def _rule(row: StationAnswering | None) -> Json:
    if row is None:
        return {"allowed": False, "start": 0, "end": DAY, "days": ""}
    return {"allowed": row.allowed, "start": row.start, "end": row.end, "days": row.days}
