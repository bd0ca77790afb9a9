"""What the roster says of a moment, and the record of who really was on duty."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.roster import repository
from server.storage.engine import Transaction
from server.storage.schema import DutyPeriod
from signaling.errors import UserError
from signaling.roster import Entry, Rota, Shift, Swap, rota_at, shifts_between

ZONE = ZoneInfo("Asia/Shanghai")
EARLY = timedelta(minutes=30)
"""Signing on so long before a shift, or off so long before its end, is on the roster."""


UNSEEN = "页面关闭或断线后没有回来"
"""Why a shift was left early by somebody who could not be asked."""


class ReasonNeeded(UserError):
    """It departs from the roster: the lawyer says why."""

    code = "reason_needed"
    message = "这不在值班表安排的时间内，请选择或写明原因。"


@dataclass(frozen=True, slots=True)
class Plan:
    """The lines and swaps that may matter from ``first`` to ``last``."""

    first: date
    last: date
    entries: tuple[Entry, ...]
    swaps: tuple[Swap, ...]

    def shifts(self) -> list[Shift]:
        """Return the shifts of all its days."""
        return shifts_between(self.first, self.last, self.entries, self.swaps)


async def plan(db: Transaction, first: date, last: date) -> Plan:
    """Read the roster of these days."""
    entries = [repository.as_entry(one) for one in await repository.entries(db, first, last)]
    swaps = [repository.as_swap(one) for one in await repository.agreed_swaps(db, first, last)]
    return Plan(first, last, tuple(entries), tuple(swaps))


async def rota(db: Transaction, now: datetime) -> Rota:
    """Return who is on by the roster now, and next."""
    at = now.astimezone(ZONE)
    found = await plan(db, at.date(), at.date() + timedelta(days=7))
    return rota_at(at, found.entries, found.swaps)


async def begin(db: Transaction, lawyer_id: str, now: datetime, reason: str) -> None:
    """Note that a lawyer signs on; raises ReasonNeeded off the roster without a reason."""
    if not reason and not await _rostered(db, lawyer_id, now, now + EARLY):
        raise ReasonNeeded
    if await repository.open_period(db, lawyer_id) is None:
        db.add(DutyPeriod(lawyer_id=lawyer_id, on_at=now, on_reason=reason, off_reason=""))


async def end(db: Transaction, lawyer_id: str, now: datetime, reason: str) -> None:
    """Note that a lawyer signs off; raises ReasonNeeded early in a shift without a reason."""
    period = await repository.open_period(db, lawyer_id)
    if period is None:
        return
    if not reason and await _leaves_early(db, lawyer_id, now):
        raise ReasonNeeded("reason_needed", "值班时间还没有到，请选择或写明提前下班的原因。")
    period.off_at, period.off_reason = now, reason


async def lapse(db: Transaction, lawyer_id: str, at: datetime) -> None:
    """Note that a lawyer was there until then, and went without signing off."""
    period = await repository.open_period(db, lawyer_id)
    if period is not None:
        early = await _leaves_early(db, lawyer_id, at)
        period.off_at, period.off_reason = at, UNSEEN if early else ""


async def _rostered(db: Transaction, lawyer_id: str, *moments: datetime) -> bool:
    """Tell whether one of the moments lies in a shift of theirs, or nobody keeps a roster."""
    if not await repository.in_use(db):
        return True
    days = [moment.astimezone(ZONE).date() for moment in moments]
    found = await plan(db, min(days), max(days))
    return any(
        shift.begins(ZONE) <= moment < shift.ends(ZONE)
        for shift in found.shifts()
        for moment in moments
        if shift.lawyer == lawyer_id
    )


async def _leaves_early(db: Transaction, lawyer_id: str, now: datetime) -> bool:
    today = now.astimezone(ZONE).date()
    found = await plan(db, today, today)
    return any(
        shift.begins(ZONE) <= now < shift.ends(ZONE) - EARLY
        for shift in found.shifts()
        if shift.lawyer == lawyer_id and not shift.standby
    )
