"""Which function carries out which command; those not listed change nothing stored."""

from collections.abc import Mapping
from types import MappingProxyType

from server.sessions import (
    adjourning,
    advice,
    booking_commands,
    calling,
    calls,
    handover,
    requests,
    talk,
)
from server.sessions.room import aside, consents, kept, lobby, photo_commands, voices
from server.sessions.service import Handler

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "session.request": requests.request_session,
        "session.cancel": requests.cancel_session,
        "session.keep_waiting": requests.keep_waiting,
        "session.request_callback": requests.request_callback,
        "session.book": booking_commands.book_session,
        "session.pause": talk.pause_session,
        "session.resume": talk.resume_session,
        "session.hang_up": talk.hang_up,
        "session.adjourn": adjourning.adjourn,
        "session.drop_adjournment": adjourning.drop,
        "session.confirm_receipt": advice.confirm_receipt,
        "session.finish": advice.finish_session,
        "session.close": advice.close_session,
        "call.accept": calls.accept_call,
        "call.decline": calls.decline_call,
        "call.hand_over": handover.hand_over,
        "call.stop_hand_over": handover.stop_hand_over,
        "call.give_back": handover.give_back,
        "call.leave": handover.leave_talk,
        "callback.done": requests.callback_done,
        "media.show": talk.show_media,
        "guest.know": lobby.know_person,
        "guest.admit": lobby.admit,
        "guest.send_out": lobby.send_out,
        "guest.refuse": lobby.refuse,
        "guest.knock": lobby.knock,
        "guest.leave": lobby.leave,
        "consent.answer": consents.answer,
        "persons.keep_apart": lobby.keep_apart,
        "aside.invite": aside.invite,
        "aside.answer": aside.answer,
        "aside.return": aside.end_aside,
        "aside.record": kept.ask,
        "aside.agree": kept.answer,
        "room.hand": voices.raise_hand,
        "room.hush": voices.hush,
        "room.call": voices.call_mediator,
        "room.say": voices.say,
        "photo.show": photo_commands.show_photo,
        "advice.add": advice.add_advice,
        "appointment.book": booking_commands.book_appointment,
        "appointment.move": booking_commands.move_appointment,
        "appointment.cancel": booking_commands.cancel_appointment,
        "station.call": calling.call_station,
        "station.stop": calling.stop_calling,
        "station.answer": calling.answer_call,
        "station.refuse": calling.refuse_call,
        "duty.on": calls.go_on_duty,
        "duty.off": calls.go_off_duty,
    }
)
