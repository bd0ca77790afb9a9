"""Who wishes to speak, who calls the mediator, whose microphone is shut, what is written."""

from server.sessions import repository
from server.sessions.dividing import allowed_inside, circle_of
from server.sessions.service import Answer, Call
from server.storage.schema import Message, Participant, new_id
from signaling.caucus import APART
from signaling.commands import CallMediator, Hush, RaiseHand, Say
from signaling.errors import Conflict, NotFound, UserError
from signaling.events import EventType
from signaling.rights import Role

MOST_MESSAGES = 500
"""Bounds what one session's pages are shown."""


async def _me(call: Call) -> Participant:
    me = await repository.participant_of(call.turn.db, call.about.id, call.principal.account_id)
    if me is None:
        raise NotFound
    return me


def _changed(call: Call) -> None:
    """Pages show it, the log has no use for it."""
    call.about.seq += 1
    call.turn.touched.add(call.about.id)


async def raise_hand(call: Call) -> Answer:
    """Wish to speak, or no longer; the first moment counts."""
    body: RaiseHand = call.body
    me = await _me(call)
    me.hand_at = (me.hand_at or call.turn.now) if body.raised else None
    _changed(call)
    return {}


async def call_mediator(call: Call) -> Answer:
    """Ask the mediator to come, from where one waits."""
    body: CallMediator = call.body
    me = await _me(call)
    me.called_at = (me.called_at or call.turn.now) if body.calling else None
    _changed(call)
    return {}


async def hush(call: Call) -> Answer:
    """Shut a guest's microphone for all, or open it again; their page says so."""
    body: Hush = call.body
    one = await repository.participant_by_id(call.turn.db, body.participant)
    if one is None or one.session_id != call.about.id or one.role is not Role.PARTY:
        raise NotFound
    if one.hushed == body.muted:
        return {}
    one.hushed, one.hand_at = body.muted, None
    event = EventType.PARTICIPANT_HUSHED if body.muted else EventType.PARTICIPANT_UNHUSHED
    call.turn.log(call.about, event, participant=one)
    return {}


async def say(call: Call) -> Answer:
    """Write to those who are in the same room at this moment."""
    body: Say = call.body
    db, session = call.turn.db, call.about
    if len(await repository.messages_of(db, session.id)) >= MOST_MESSAGES:
        raise UserError("too_many_messages", "本次会话的文字消息已达上限，请直接说。")
    me = await _me(call)
    caucus = await repository.open_caucus(db, session.id)
    circles = {one.id: circle_of(one, session, caucus) for one in await allowed_inside(db, session)}
    mine = circles.get(me.id)
    if mine is None:
        raise Conflict
    apart = caucus is not None and mine == caucus.id and caucus.state in APART
    db.add(
        Message(
            id=new_id(),
            session_id=session.id,
            author_id=me.id,
            caucus_id=mine if apart else None,
            at=call.turn.now,
            text=body.text,
            audience=[one for one, circle in circles.items() if circle == mine],
        )
    )
    _changed(call)
    return {}
