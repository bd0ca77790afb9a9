"""The advice log (法律建议): entries are added, never changed; then received, then closed."""

from server.sessions import repository
from server.sessions.repository import asked
from server.sessions.service import Answer, Call
from server.sessions.talk import media_seconds
from server.storage.schema import Advice, new_id
from signaling.codec import encode
from signaling.commands import AddAdvice, CloseSession
from signaling.errors import Conflict, NotFound, UserError
from signaling.events import EventType
from signaling.session import SessionEvent

MOST_ENTRIES = 200
"""Bounds one session's log, and so the view that every screen gets."""


async def add_advice(call: Call) -> Answer:
    """Log an entry at this moment, or at the one that was marked."""
    body: AddAdvice = call.body
    session, turn = call.about, call.turn
    if body.matter not in await repository.matters_by_code(turn.db):
        raise UserError("unknown_matter", "请选择纠纷类型。")
    if await asked.count_advice(turn.db, session.id) >= MOST_ENTRIES:
        raise UserError("too_many_entries", "本次会话的建议条数已达上限。")
    if body.corrects is not None:
        await _check_correction(call, body.corrects)
    entry = _entry(call, body)
    turn.db.add(entry)
    event = EventType.ADVICE_CORRECTED if body.corrects else EventType.ADVICE_ADDED
    turn.log(session, event, {"advice": entry.id, "media_seconds": entry.media_seconds})
    # What the mediator confirmed was the log without this entry.
    session.receipt_at = None
    return {"advice": entry.id}


async def _check_correction(call: Call, corrected_id: str) -> None:
    entries = await repository.advice_of(call.turn.db, call.about.id)
    if corrected_id not in {entry.id for entry in entries}:
        raise NotFound("no_such_advice", "要更正的建议不存在。")
    if corrected_id in {entry.corrects_id for entry in entries}:
        raise Conflict("already_corrected", "这条建议已被更正过，请更正最新的一条。")


def _entry(call: Call, body: AddAdvice) -> Advice:
    return Advice(
        id=new_id(),
        session_id=call.about.id,
        author_id=call.principal.account_id,
        at=call.turn.now,
        media_seconds=media_seconds(call.about, call.turn.now, body.moment),
        matter_code=body.matter,
        advice=body.advice,
        legal_basis=[encode(citation) for citation in body.legal_basis],
        bring=body.bring,
        next_step=body.next_step,
        corrects_id=body.corrects,
    )


async def confirm_receipt(call: Call) -> Answer:
    """Note that the people at the terminal have the advice."""
    if await asked.count_advice(call.turn.db, call.about.id) == 0:
        raise Conflict("no_advice", "律师还没有写下建议，请稍候。")
    if call.about.receipt_at is None:
        call.about.receipt_at = call.turn.now
        call.turn.log(call.about, EventType.ADVICE_RECEIVED)
    return {}


async def finish_session(call: Call) -> Answer:
    """Clear the terminal's screen; the session itself goes on to be wrapped up."""
    call.about.left_at = call.turn.now
    call.about.seq += 1
    call.turn.touched.add(call.about.id)
    return {}


async def close_session(call: Call) -> Answer:
    """Close; without an entry in the advice log a reason must be given."""
    body: CloseSession = call.body
    session, turn = call.about, call.turn
    entries = await asked.count_advice(turn.db, session.id)
    if entries == 0 and not body.reason:
        raise UserError("advice_or_reason", "请先写下建议，或说明没有建议的原因。")
    turn.step(session, SessionEvent.CLOSE)
    session.closed_at = turn.now
    session.due_at = None
    session.reason = body.reason
    turn.log(session, EventType.SESSION_CLOSED, {"advice": entries, "reason": body.reason})
    await repository.release_lawyer(turn.db, session.id, turn.now)
    return {}
