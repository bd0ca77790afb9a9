"""Which function carries out which command; those not listed change nothing stored."""

from collections.abc import Mapping
from types import MappingProxyType

from server.sessions import advice, calls, requests, talk
from server.sessions.service import Handler

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "session.request": requests.request_session,
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
        "advice.add": advice.add_advice,
        "duty.on": calls.go_on_duty,
        "duty.off": calls.go_off_duty,
    }
)
