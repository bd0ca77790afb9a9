"""Ending a call to a station, whoever ends it."""

from server.sessions.repository import appointments as rows
from server.sessions.turn import Turn
from server.storage.schema import StationCall
from signaling.errors import Conflict
from signaling.machine import IllegalTransition
from signaling.station_call import STATION_CALL, StationCallEvent

MARK = "station_call/"
"""Before a call's id where the ids of changed sessions are told."""


def end(turn: Turn, row: StationCall, event: StationCallEvent) -> None:
    """End it; raises Conflict when it has ended before."""
    try:
        row.state = STATION_CALL.step(row.state, event)
    except IllegalTransition as illegal:
        raise Conflict from illegal
    row.ended_at = turn.now
    turn.touched.add(MARK + row.id)


async def give_way(turn: Turn, mediator_id: str) -> None:
    """The people at the terminal ask for a lawyer themselves: the centre's call ends."""
    await _end_ringing(turn, await rows.ringing_at(turn.db, mediator_id), StationCallEvent.REFUSE)


async def hang_up(turn: Turn, lawyer_id: str) -> None:
    """Whoever takes another call, or goes off duty, calls no station any more."""
    await _end_ringing(turn, await rows.calling_by(turn.db, lawyer_id), StationCallEvent.WITHDRAW)


async def _end_ringing(turn: Turn, ringing: StationCall | None, event: StationCallEvent) -> None:
    row = await rows.lock_station_call(turn.db, ringing.id) if ringing else None
    if row is not None and row.ended_at is None:
        end(turn, row, event)
