"""Duty (值班): who may be rung, held by a lease that a connected browser keeps alive."""

from datetime import timedelta

from server.sessions import repository
from server.sessions.turn import Turn
from server.storage.schema import Duty
from signaling.errors import Conflict

LEASE = timedelta(seconds=15)
"""A lawyer whose browser is gone for this long is not rung; coming back is enough."""


async def open_duty(turn: Turn, lawyer_id: str, *, standby: bool = False) -> None:
    """Put the lawyer on duty, or on standby; already there is fine."""
    duty = await repository.duty_of(turn.db, lawyer_id)
    if duty is not None:
        duty.lease_until = turn.now + LEASE
        duty.standby = standby
        return
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


async def close_duty(turn: Turn, lawyer_id: str) -> None:
    """Take the lawyer off duty; raise Conflict during a call."""
    duty = await repository.duty_of(turn.db, lawyer_id)
    if duty is None:
        return
    if duty.session_id is not None:
        raise Conflict("in_call", "请先结束当前会话，再下班。")
    await turn.db.delete(duty)
