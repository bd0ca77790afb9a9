"""Swaps (换班): hours change hands when both agree."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.audit import log as audit
from server.audit.actions import AuditAction
from server.roster import repository
from server.roster.bodies import NewSwap, SwapAnswer, day_of, span_of
from server.roster.plan import ZONE, Plan, plan
from server.roster.views import swap_json
from server.storage.engine import Database
from server.storage.schema import RosterSwap, new_id
from signaling.errors import Conflict, NotFound


class NoSuchShift(Conflict):
    """Only hours that one really has can be given away."""

    code = "no_such_shift"
    message = "值班表上没有您的这段时间，请刷新后再选。"


class SwapAnswered(Conflict):
    """The other one has answered, or it was taken back."""

    code = "swap_answered"
    message = "这次换班已经有了结果。"


class Swaps:
    """What lawyers agree among themselves."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def ask(self, body: NewSwap, giver: str) -> dict[str, Any]:
        """Ask somebody to take hours of one's own; raises NoSuchShift, NotFound, WrongLine."""
        day, (start, end) = day_of(body.day), span_of(body.start, body.end)
        async with self._db.write() as write:
            known = {one.id: one.name for one in await repository.lawyers(write)}
            if body.taker not in known or body.taker == giver:
                raise NotFound
            is_over = day < self._clock().astimezone(ZONE).date()
            if is_over or not _has(await plan(write, day, day), giver, start, end):
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
        return swap_json(row, known, giver)

    async def answer(self, swap_id: str, body: SwapAnswer, me: str) -> None:
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
            audit.append(write, AuditAction.ROSTER_CHANGED, row.answered_at, me, subject=row.id)


def _has(found: Plan, lawyer: str, start: int, end: int) -> bool:
    own = [one for one in found.shifts() if one.lawyer == lawyer]
    return any(one.start <= start and end <= one.end for one in own)
