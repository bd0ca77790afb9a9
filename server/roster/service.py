"""The roster (值班表): its lines and leave, what follows from them, hours that were served."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from server.audit import log as audit
from server.audit.actions import AuditAction
from server.roster import repository
from server.roster.bodies import NewEntry, NewLeave, WrongLine, day_of, span_of
from server.roster.hours import planned, served
from server.roster.plan import ZONE, plan
from server.roster.sheet import Line
from server.roster.views import Json, entry_json, shift_json, swap_json
from server.storage.engine import Database, Transaction
from server.storage.schema import RosterSwap
from signaling.errors import NotFound
from signaling.roster import EntryKind

LONGEST = 62
"""Days that are shown at a time."""


class Roster:
    """What the roster's pages show and change."""

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
            "entries": [entry_json(one, names) for one in rows],
            "shifts": [shift_json(one, names) for one in found.shifts()],
            "swaps": [swap_json(one, names, me or "") for one in swaps],
        }

    async def add(self, body: NewEntry, actor: str) -> Json:
        """Add a line; raises WrongLine, NotFound."""
        async with self._db.write() as write:
            known = {one.id: one.name for one in await repository.lawyers(write)}
            if body.lawyer not in known:
                raise NotFound
            row = _line(body).row(actor, self._clock())
            write.add(row)
            self._audit(write, actor, row.id)
        return entry_json(row, known)

    async def leave(self, body: NewLeave, lawyer: str) -> Json:
        """Note a lawyer's own leave, from today on."""
        entry = NewEntry(lawyer, EntryKind.LEAVE, body.day, body.start, body.end, body.reason)
        if day_of(body.day) < self._today():
            raise WrongLine(None, "请假的日子已经过去。")
        return await self.add(entry, lawyer)

    async def remove(self, entry_id: str, actor: str) -> None:
        """Take a line away."""
        async with self._db.write() as write:
            if not await repository.remove_entry(write, entry_id):
                raise NotFound
            self._audit(write, actor, entry_id)

    async def hours(self, first: date, last: date) -> list[Json]:
        """Return each lawyer's planned and served hours from ``first`` to ``last``."""
        begins = datetime.combine(first, datetime.min.time(), ZONE)
        ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), ZONE)
        async with self._db.read() as read:
            found = await plan(read, first, last)
            periods = await repository.periods(read, begins, ends)
            people = await repository.lawyers(read)
        minutes, now = planned(found.shifts()), self._clock()
        return [
            {
                "id": one.id,
                "name": one.name,
                "planned_minutes": minutes.get(one.id, 0),
                "served_minutes": served(periods, one.id, begins, min(ends, now), now),
                "off_roster": sum(
                    1 for p in periods if p.lawyer_id == one.id and (p.on_reason or p.off_reason)
                ),
            }
            for one in people
        ]

    def _today(self) -> date:
        return self._clock().astimezone(ZONE).date()

    def _audit(self, write: Transaction, actor: str, subject: str) -> None:
        audit.append(write, AuditAction.ROSTER_CHANGED, self._clock(), actor, subject=subject)


def _people_of(swaps: Iterable[RosterSwap]) -> set[str]:
    return {who for one in swaps for who in (one.giver_id, one.taker_id)}


def _line(body: NewEntry) -> Line:
    start, end = span_of(body.start, body.end)
    weekly = len(body.day) == 1 and body.day in "0123456"
    day = None if weekly else day_of(body.day)
    weekday = int(body.day) if weekly else None
    return Line(body.lawyer, body.kind, weekday, day, start, end, body.reason)
