"""Why was this lawyer rung? Every step of dispatch with its time and reasons, for admins.

It tells that a lawyer was passed over for an interest they declared, never whose name it was.
Moments are milliseconds of unix time.
"""

from collections.abc import Sequence
from typing import Any

from server.dispatch import repository
from server.storage.engine import Transaction
from server.storage.schema import DispatchStep, RingOffer, Session
from signaling.moments import maybe_milliseconds, milliseconds

Json = dict[str, Any]


async def explain(db: Transaction, session: Session) -> Json:
    """Return the needs that moved the session forward, and every step with what came of it."""
    steps = await repository.steps_of(db, session.id)
    rings = await repository.rings_of(db, session.id)
    people = {entry["lawyer"] for step in steps for entry in step.considered}
    people |= {step.asked_by for step in steps if step.asked_by}
    names = await repository.names_of(db, people | {ring.lawyer_id for ring in rings})
    return {
        "requested_at": milliseconds(session.requested_at),
        "accepted_at": maybe_milliseconds(session.accepted_at),
        "needs": session.needs,
        "language": session.language,
        "steps": [_step(step, _of_step(step, rings), names) for step in steps],
    }


def _of_step(step: DispatchStep, rings: Sequence[RingOffer]) -> dict[str, RingOffer]:
    return {ring.lawyer_id: ring for ring in rings if ring.rang_at == step.at}


def _step(step: DispatchStep, rings: dict[str, RingOffer], names: dict[str, str]) -> Json:
    return {
        "n": step.n,
        "at": milliseconds(step.at),
        "step": step.step,
        "until": maybe_milliseconds(step.until),
        "asked_by": names.get(step.asked_by or "", ""),
        "reason": step.reason,
        "considered": [
            {
                "name": names.get(entry["lawyer"], ""),
                "verdict": entry["verdict"],
                "notes": entry["notes"],
                "outcome": _outcome(rings.get(entry["lawyer"])),
            }
            for entry in step.considered
        ],
        "more": step.more,
    }


def _outcome(ring: RingOffer | None) -> Json | None:
    if ring is None:
        return None
    return {
        "outcome": ring.outcome,
        "at": maybe_milliseconds(ring.ended_at),
        "reason": ring.decline_reason.value if ring.decline_reason else "",
    }
