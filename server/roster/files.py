"""The roster as files: CSV of its lines, iCalendar of its shifts; taken out and brought in."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from server.audit import log as audit
from server.audit.actions import AuditAction
from server.roster import calendar, repository, sheet
from server.roster.plan import ZONE, plan
from server.storage.engine import Database, Transaction
from server.storage.schema import Account
from signaling.errors import UserError
from signaling.roster import DAY, EntryKind


class RosterRefused(UserError):
    """A file with problems is not imported, not even its good rows."""

    code = "roster_refused"


class RosterFiles:
    """What is taken out and brought in; nothing of a file with problems is."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

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
            self._add(write, lines, actor)
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
            self._add(write, lines, actor)
        return len(lines)

    def _add(self, write: Transaction, lines: Iterable[sheet.Line], actor: str) -> None:
        now = self._clock()
        write.add_all([line.row(actor, now) for line in lines])
        audit.append(write, AuditAction.ROSTER_CHANGED, now, actor, subject="")


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
