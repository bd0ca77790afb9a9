"""Duty (值班): who may be rung, held by a lease that a connected browser keeps alive."""

from datetime import timedelta

from server.roster import plan
from server.sessions import repository
from server.sessions.turn import Turn
from server.storage.schema import Duty
from signaling.errors import Conflict

LEASE = timedelta(seconds=15)
"""A lawyer whose browser is gone for this long is not rung; coming back is enough."""


async def open_duty(turn: Turn, lawyer_id: str, *, standby: bool = False, reason: str = "") -> None:
    """Put the lawyer on duty, or on standby; already there is fine.

    Raises ReasonNeeded off the roster, and for standing by before a shift ends; otherwise standing
    by is always welcome. Its hours are not served ones: who stands by may do something else.
    """
    duty = await repository.duty_of(turn.db, lawyer_id)
    if duty is not None:
        if duty.standby and not standby:
            await plan.begin(turn.db, lawyer_id, turn.now, reason)
        elif standby and not duty.standby:
            await plan.end(turn.db, lawyer_id, turn.now, reason)
        duty.lease_until = turn.now + LEASE
        duty.standby = standby
        return
    if not standby:
        await plan.begin(turn.db, lawyer_id, turn.now, reason)
    turn.db.add(
        Duty(
            lawyer_id=lawyer_id,
            since=turn.now,
            free_since=turn.now,
            lease_until=turn.now + LEASE,
            served_at=await repository.last_served(turn.db, lawyer_id),
            standby=standby,
        )
    )


async def close_duty(turn: Turn, lawyer_id: str, reason: str = "") -> None:
    """Take the lawyer off duty; raise Conflict during a call, ReasonNeeded before a shift ends."""
    duty = await repository.duty_of(turn.db, lawyer_id)
    if duty is None:
        return
    if duty.session_id is not None or duty.helping_id is not None:
        raise Conflict("in_call", "请先结束当前会话，再下班。")
    await plan.end(turn.db, lawyer_id, turn.now, reason)
    await turn.db.delete(duty)
