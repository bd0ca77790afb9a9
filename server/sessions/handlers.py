"""Which function carries out which command; ``media.offer`` and ``sync`` change nothing here."""

from collections.abc import Awaitable, Callable, Mapping

from server.sessions import advice, calls, requests, talk
from server.sessions.service import Answer, Call, Handler
from server.storage.engine import Transaction

Index = Callable[[Transaction, str], Awaitable[None]]


def handlers(index: Index) -> Mapping[str, Handler]:
    """Return the table. ``index`` puts a session's words into the full-text search."""
    return {
        "session.request": _indexed(requests.request_session, index),
        "session.cancel": requests.cancel_session,
        "session.keep_waiting": requests.keep_waiting,
        "session.request_callback": requests.request_callback,
        "session.pause": talk.pause_session,
        "session.resume": talk.resume_session,
        "session.hang_up": talk.hang_up,
        "session.confirm_receipt": advice.confirm_receipt,
        "session.finish": advice.finish_session,
        "session.close": advice.close_session,
        "call.accept": calls.accept_call,
        "call.decline": calls.decline_call,
        "callback.done": requests.callback_done,
        "media.show": talk.show_media,
        "advice.add": _indexed(advice.add_advice, index),
        "duty.on": calls.go_on_duty,
        "duty.off": calls.go_off_duty,
    }


def _indexed(handler: Handler, index: Index) -> Handler:
    """Index in the same transaction: what is found is what is stored."""

    async def handle(call: Call) -> Answer:
        answer = await handler(call)
        await call.turn.db.flush()
        await index(call.turn.db, call.session.id if call.session else answer["session"])
        return answer

    return handle
