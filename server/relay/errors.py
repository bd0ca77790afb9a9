"""Errors of the control API, by audience: all are for the program that commands the relay.

RelayError
  BadRequest      400 bad_request     the body is not what the route takes
  BadSdp          400 bad_sdp         the browser's offer cannot be answered
  NoRoom          404 no_room
  PlaceTaken      409 place_taken     another peer sits there
  NotLetIn        409 not_let_in      not among those who may be in the room
  SessionTaken    409 session_taken   a session is recorded in one room, a room records one session
  TooLarge        413 sdp_too_large, body_too_large
  WrongType       415 wrong_content_type
  Unauthorized    401 unauthorized
  Draining        503 draining        takes no new rooms
"""


class RelayError(Exception):
    """Carries its status and code; ``message`` is for a log, not for people."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class BadRequest(RelayError):
    """The request is not one that a correct client makes."""


class BadSdp(RelayError):
    """The offer is malformed, or lacks what every call needs."""

    code = "bad_sdp"


class NoRoom(RelayError):
    """No such room here; after a restart the client makes it again."""

    status = 404
    code = "no_room"


class PlaceTaken(RelayError):
    """Two peers cannot have one place."""

    status = 409
    code = "place_taken"


class NotLetIn(RelayError):
    """Whoever may be in the room has been listed, and this peer is not among them."""

    status = 409
    code = "not_let_in"


class SessionTaken(RelayError):
    """A session has one recording, in one room."""

    status = 409
    code = "session_taken"


class TooLarge(RelayError):
    """Over a bound."""

    status = 413
    code = "body_too_large"


class WrongType(RelayError):
    """Bodies are application/json."""

    status = 415
    code = "wrong_content_type"


class Unauthorized(RelayError):
    """The bearer token is missing or wrong."""

    status = 401
    code = "unauthorized"


class Draining(RelayError):
    """This relay is about to stop; place the room on another one."""

    status = 503
    code = "draining"


class Overloaded(RelayError):
    """One more room would cost the others their sound; place it on another relay."""

    status = 503
    code = "overloaded"
