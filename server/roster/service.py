"""Changing the roster: lines, leave, swaps agreed by both; import; hours that were served."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from server.audit import log as audit
from server.audit.actions import AuditAction
from server.roster import calendar, repository, sheet
from server.roster.plan import ZONE, Plan, plan
from server.storage.engine import Database, Transaction
from server.storage.schema import Account, DutyPeriod, RosterEntry, RosterSwap, new_id
from signaling.codec import Text
from signaling.errors import Conflict, NotFound, UserError
from signaling.roster import DAY, EntryKind, Shift

Json = dict[str, Any]
LONGEST = 62
"""Days that are shown at a time."""


class WrongLine(UserError):
    """A line of the roster cannot be kept as it is."""

    code = "wrong_line"


class NoSuchShift(Conflict):
    """Only hours that one really has can be given away."""

    code = "no_such_shift"
    message = "值班表上没有您的这段时间，请刷新后再选。"


class SwapAnswered(Conflict):
    """The other one has answered, or it was taken back."""

    code = "swap_answered"
    message = "这次换班已经有了结果。"


class RosterRefused(UserError):
    """A file with problems is not imported, not even its good rows."""

    code = "roster_refused"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A line: ``day`` is 0..6 for every week (Monday first), or a date."""

    lawyer: Annotated[str, Text(32, 32)]
    kind: EntryKind
    day: Annotated[str, Text(10, 1)]
    start: Annotated[str, Text(5, 4)]
    end: Annotated[str, Text(5, 4)]
    reason: Annotated[str, Text(100)] = ""


@dataclass(frozen=True, slots=True)
class NewLeave:
    """A lawyer's own leave: the hours of a day."""

    day: Annotated[str, Text(10, 10)]
    reason: Annotated[str, Text(100, 1)]
    start: Annotated[str, Text(5, 4)] = "00:00"
    end: Annotated[str, Text(5, 4)] = "24:00"


@dataclass(frozen=True, slots=True)
class NewSwap:
    """Ask somebody to take these hours."""

    taker: Annotated[str, Text(32, 32)]
    day: Annotated[str, Text(10, 10)]
    start: Annotated[str, Text(5, 4)]
    end: Annotated[str, Text(5, 4)]


@dataclass(frozen=True, slots=True)
class SwapAnswer:
    """Yes or no; the asker's no takes it back."""

    agree: bool


class Roster:
    """What the roster's pages call."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def shown(self, first: date, days: int, me: str | None = None) -> Json:
        """Return lawyers, lines and shifts of some days; a lawyer's swaps beside them."""
        last = first + timedelta(days=min(days, LONGEST) - 1)
        async with self._db.read() as read:
            people = await repository.lawyers(read)
            rows = await repository.entries(read, first, last)
            found = await plan(read, first, last)
            swaps = await repository.swaps_of(read, me, self._today()) if me else []
            names = await repository.names(
                read, {one.lawyer_id for one in rows} | _people_of(swaps)
            )
        names |= {one.id: one.name for one in people}
        return {
            "first": first.isoformat(),
            "days": (last - first).days + 1,
            "lawyers": [{"id": one.id, "name": one.name} for one in people],
            "entries": [_entry(one, names) for one in rows],
            "shifts": [_shift(one, names) for one in found.shifts()],
            "swaps": [_swap(one, names, me or "") for one in swaps],
        }

    async def add(self, body: NewEntry, actor: str) -> Json:
        """Add a line; raises WrongLine, NotFound."""
        async with self._db.write() as write:
            known = {one.id: one.name for one in await repository.lawyers(write)}
            if body.lawyer not in known:
                raise NotFound
            row = _row(body, actor, self._clock())
            write.add(row)
            self._audit(write, actor, row.id)
        return _entry(row, known)

    async def leave(self, body: NewLeave, lawyer: str) -> Json:
        """Note a lawyer's own leave, from today on."""
        entry = NewEntry(lawyer, EntryKind.LEAVE, body.day, body.start, body.end, body.reason)
        if _date(body.day) < self._today():
            raise WrongLine(None, "请假的日子已经过去。")
        return await self.add(entry, lawyer)

    async def remove(self, entry_id: str, actor: str) -> None:
        """Take a line away."""
        async with self._db.write() as write:
            if not await repository.remove_entry(write, entry_id):
                raise NotFound
            self._audit(write, actor, entry_id)

    async def ask_swap(self, body: NewSwap, giver: str) -> Json:
        """Ask somebody to take hours of one's own; raises NoSuchShift, NotFound, WrongLine."""
        day, (start, end) = _date(body.day), _span(body.start, body.end)
        async with self._db.write() as write:
            known = {one.id: one.name for one in await repository.lawyers(write)}
            if body.taker not in known or body.taker == giver:
                raise NotFound
            if day < self._today() or not _has(await plan(write, day, day), giver, start, end):
                raise NoSuchShift
            row = RosterSwap(
                id=new_id(),
                giver_id=giver,
                taker_id=body.taker,
                day=day,
                start=start,
                end=end,
                state="asked",
                asked_at=self._clock(),
            )
            write.add(row)
        return _swap(row, known, giver)

    async def answer_swap(self, swap_id: str, body: SwapAnswer, me: str) -> None:
        """Agree or refuse as the one who was asked; take it back as the one who asked."""
        async with self._db.write() as write:
            row = await repository.swap_locked(write, swap_id)
            if row is None or me not in (row.giver_id, row.taker_id):
                raise NotFound
            if row.state != "asked":
                raise SwapAnswered
            mine = me == row.taker_id
            if mine and body.agree:
                # What was asked for may have changed meanwhile.
                if not _has(await plan(write, row.day, row.day), row.giver_id, row.start, row.end):
                    raise NoSuchShift
                row.state = "agreed"
            elif body.agree:
                raise SwapAnswered("swap_answered", "要由对方同意。")
            else:
                row.state = "refused" if mine else "withdrawn"
            row.answered_at = self._clock()
            self._audit(write, me, row.id)

    async def hours(self, first: date, last: date) -> list[Json]:
        """Return each lawyer's planned and served hours from ``first`` to ``last``."""
        begins = datetime.combine(first, datetime.min.time(), ZONE)
        ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE)
        async with self._db.read() as read:
            found = await plan(read, first, last)
            periods = await repository.periods(read, begins, ends)
            people = await repository.lawyers(read)
        planned, now = _planned(found.shifts()), self._clock()
        return [
            {
                "id": one.id,
                "name": one.name,
                "planned_minutes": planned.get(one.id, 0),
                "served_minutes": _served(periods, one.id, begins, min(ends, now), now),
                "off_roster": sum(
                    1 for p in periods if p.lawyer_id == one.id and (p.on_reason or p.off_reason)
                ),
            }
            for one in people
        ]

    # Files.

    async def csv(self) -> str:
        """Return the lines as CSV."""
        async with self._db.read() as read:
            rows = await repository.entries(read, date.min, date.max)
            usernames = {one.id: one.username for one in await repository.lawyers(read)}
        return sheet.write([one for one in rows if one.lawyer_id in usernames], usernames)

    async def ics(self, first: date, days: int, lawyer: str | None = None) -> str:
        """Return the shifts as iCalendar: everybody's, or one lawyer's."""
        async with self._db.read() as read:
            found = await plan(read, first, first + timedelta(days=days - 1))
            names = {one.id: one.name for one in await repository.lawyers(read)}
        events = [
            calendar.CalendarEvent(
                uid=f"{one.lawyer}-{one.day.isoformat()}-{one.start}-{one.standby}@yuntiao",
                begins=one.begins(ZONE),
                ends=one.ends(ZONE),
                summary=f"{'后备' if one.standby else '值班'}：{names.get(one.lawyer, '')}",
            )
            for one in found.shifts()
            if lawyer in (None, one.lawyer)
        ]
        return calendar.write(events, self._clock(), "律师值班表")

    async def import_csv(self, content: bytes, actor: str) -> int:
        """Put the file in place of all lines; return how many there are. Raises RosterRefused."""
        async with self._db.write() as write:
            try:
                lines = sheet.read(content, await repository.lawyers(write))
            except sheet.BadSheet as bad:
                raise RosterRefused(None, _told(bad.problems)) from None
            for row in await repository.entries(write, date.min, date.max):
                await repository.remove_entry(write, row.id)
            write.add_all([_of_line(line, actor, self._clock()) for line in lines])
            self._audit(write, actor, "")
        return len(lines)

    async def import_ics(self, content: bytes, actor: str) -> int:
        """Add a duty line for each event that names one lawyer; raises RosterRefused."""
        async with self._db.write() as write:
            people = await repository.lawyers(write)
            try:
                events = calendar.read(content.decode("utf-8-sig"), ZONE)
                lines = [line for one in events for line in _lines_of(one, people)]
            except UnicodeDecodeError:
                raise RosterRefused(None, "看不懂文件的编码，应为 UTF-8。") from None
            except ValueError as wrong:
                raise RosterRefused(None, f"{wrong}。什么都没有导入。") from None
            write.add_all([_of_line(line, actor, self._clock()) for line in lines])
            self._audit(write, actor, "")
        return len(lines)

    def _today(self) -> date:
        return self._clock().astimezone(ZONE).date()

    def _audit(self, write: Transaction, actor: str, subject: str) -> None:
        audit.append(write, AuditAction.ROSTER_CHANGED, self._clock(), actor, subject=subject)


def _people_of(swaps: Iterable[RosterSwap]) -> set[str]:
    return {who for one in swaps for who in (one.giver_id, one.taker_id)}


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongLine(None, "请选择日期。") from None


def _span(start: str, end: str) -> tuple[int, int]:
    try:
        begins, ends = sheet.minutes(start), sheet.minutes(end)
    except ValueError as wrong:
        raise WrongLine(None, f"{wrong}。") from None
    if begins >= ends:
        raise WrongLine(None, "结束要晚于开始；跨过半夜的，请分成两行。")
    return begins, ends


def _row(body: NewEntry, actor: str, now: datetime) -> RosterEntry:
    start, end = _span(body.start, body.end)
    weekly = len(body.day) == 1 and body.day in "0123456"
    return RosterEntry(
        id=new_id(),
        lawyer_id=body.lawyer,
        kind=body.kind,
        weekday=int(body.day) if weekly else None,
        day=None if weekly else _date(body.day),
        start=start,
        end=end,
        reason=body.reason,
        made_by=actor,
        made_at=now,
    )


def _of_line(line: sheet.Line, actor: str, now: datetime) -> RosterEntry:
    return RosterEntry(
        id=new_id(),
        lawyer_id=line.lawyer_id,
        kind=line.kind,
        weekday=line.weekday,
        day=line.day,
        start=line.start,
        end=line.end,
        reason=line.reason,
        made_by=actor,
        made_at=now,
    )


def _lines_of(event: calendar.CalendarEvent, people: Iterable[Account]) -> list[sheet.Line]:
    """Return an event's lines, one a day; raises ValueError unless it names one lawyer."""
    named = [one for one in people if one.name in event.summary]
    if len(named) != 1:
        raise ValueError(f"日程“{event.summary[:30]}”里要写明一位律师的姓名")
    kind = EntryKind.STANDBY if "后备" in event.summary else EntryKind.DUTY
    begins, ends = event.begins.astimezone(ZONE), event.ends.astimezone(ZONE)
    days = (ends.date() - begins.date()).days
    if days > 7:
        raise ValueError(f"日程“{event.summary[:30]}”超过一周")
    lines = []
    for n in range(days + 1):
        start = begins.hour * 60 + begins.minute if n == 0 else 0
        end = ends.hour * 60 + ends.minute if n == days else DAY
        if start < end:
            day = begins.date() + timedelta(days=n)
            lines.append(sheet.Line(named[0].id, kind, None, day, start, end, ""))
    return lines


def _told(problems: Iterable[str]) -> str:
    shown = list(problems)
    more = f"；还有 {len(shown) - 5} 处" if len(shown) > 5 else ""
    return f"什么都没有导入。{'；'.join(shown[:5])}{more}。"


def _has(found: Plan, lawyer: str, start: int, end: int) -> bool:
    own = [one for one in found.shifts() if one.lawyer == lawyer]
    return any(one.start <= start and end <= one.end for one in own)


def _planned(shifts: Iterable[Shift]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in shifts:
        if not one.standby:
            total[one.lawyer] = total.get(one.lawyer, 0) + one.end - one.start
    return total


def _served(
    periods: Iterable[DutyPeriod], lawyer: str, begins: datetime, ends: datetime, now: datetime
) -> int:
    spans = (
        min(one.off_at or now, ends) - max(one.on_at, begins)
        for one in periods
        if one.lawyer_id == lawyer
    )
    return sum(max(0, round(span.total_seconds() / 60)) for span in spans)


def _entry(row: RosterEntry, names: dict[str, str]) -> Json:
    return {
        "id": row.id,
        "lawyer": row.lawyer_id,
        "name": names.get(row.lawyer_id, ""),
        "kind": row.kind.value,
        "weekday": row.weekday,
        "day": row.day.isoformat() if row.day else None,
        "start": sheet.clock(row.start),
        "end": sheet.clock(row.end),
        "reason": row.reason,
    }


def _shift(shift: Shift, names: dict[str, str]) -> Json:
    return {
        "day": shift.day.isoformat(),
        "start": sheet.clock(shift.start),
        "end": sheet.clock(shift.end),
        "lawyer": shift.lawyer,
        "name": names.get(shift.lawyer, ""),
        "standby": shift.standby,
    }


def _swap(row: RosterSwap, names: dict[str, str], me: str) -> Json:
    return {
        "id": row.id,
        "giver": names.get(row.giver_id, ""),
        "taker": names.get(row.taker_id, ""),
        "mine": row.giver_id == me,
        "day": row.day.isoformat(),
        "start": sheet.clock(row.start),
        "end": sheet.clock(row.end),
        "state": row.state,
    }
