"""What goes on another day, as the terminal lists it and as a session shows what came before."""

from typing import Any

from server.sessions import repository
from server.sessions.repository import seen
from server.sessions.repository.seen import Shown
from server.storage.engine import Transaction
from server.storage.schema import Adjournment, Session
from signaling.adjournment import AdjournmentState
from signaling.moments import maybe_milliseconds

View = dict[str, Any]


async def adjourned_view(db: Transaction, station_id: str, me: str) -> list[View]:
    """Return what this station goes on with: everything that the next request is filled with."""
    found = await repository.adjourned_at(db, station_id)
    return [
        await _earlier(db, shown, me) | _agreed(adjournment)
        for adjournment, session in found
        if (shown := await seen.session_by_id(db, session.id)) is not None
    ]


async def _earlier(db: Transaction, shown: Shown, me: str) -> View:
    session, names = shown.session, shown.names
    return {
        "id": session.id,
        "number": session.number,
        "kind": session.kind.value,
        "matter": {"code": session.matter_code, "name": names.matter_name},
        "lawyer": names.lawyer_name,
        "facts": session.facts,
        "needs": session.needs,
        "language": session.language,
        "mine": session.mediator_id == me,
        "persons": [
            {"id": one.id, "name": one.name, "phone": one.phone, "here": one.here}
            for one in await repository.persons_of(db, session.id)
        ],
    }


def _agreed(adjournment: Adjournment) -> View:
    return {"day": adjournment.day.isoformat(), "reason": adjournment.reason}


async def chain_view(db: Transaction, shown: Shown) -> View:
    """Return what came before a session, and whether it goes on another day."""
    earlier, put_off = shown.names.continues, shown.names.is_put_off
    found = await repository.adjournment_of(db, shown.session.id) if put_off else None
    agreed = found is not None and found.state is AdjournmentState.AGREED
    return {
        "previous": await _previous(db, earlier) if earlier is not None else None,
        "adjourned": _agreed(found) if found is not None and agreed else None,
    }


async def goes_on(db: Transaction, session: Session) -> str | None:
    """Return the day on which a session goes on, or None."""
    found = await repository.adjournment_of(db, session.id)
    agreed = found is not None and found.state is AdjournmentState.AGREED
    return found.day.isoformat() if found is not None and agreed else None


async def _previous(db: Transaction, earlier: str) -> View | None:
    """The talk before with its advice, so that nobody begins from the beginning."""
    shown = await seen.session_by_id(db, earlier)
    if shown is None:
        return None
    before = shown.session
    advice = await repository.advice_of(db, before.id)
    corrected = {entry.corrects_id for entry in advice}
    return {
        "number": before.number,
        "live_at": maybe_milliseconds(before.live_at),
        "lawyer": shown.names.lawyer_name,
        "advice": [entry.advice for entry in advice if entry.id not in corrected],
    }
