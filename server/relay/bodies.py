"""Bodies of the control API: from JSON values to frozen types. Anything else is BadRequest."""

import re
from dataclasses import dataclass
from typing import Any

from server.relay.circles import JOINT, Circles
from server.relay.errors import BadRequest
from server.relay.sdp import PLACES, VOICES

_SEATS = PLACES + VOICES
_ID = re.compile(r"[0-9a-f]{32}")
_ROLES = ("lawyer", "mediator", "party")
_ACTIONS = ("pause", "resume", "stop")
_LONGEST_REASON = 64
_MOST_LISTED = 64  # peers that a room may ever have had


@dataclass(frozen=True, slots=True)
class RoomBody:
    """``session`` is None when nothing is to be recorded (yet).

    ``continues``: the session of an earlier day with whose recording this one goes on.
    """

    session: str | None
    required: bool
    continues: str | None = None


@dataclass(frozen=True, slots=True)
class PeerBody:
    """``offer`` is still unread."""

    place: int
    role: str
    offer: str


@dataclass(frozen=True, slots=True)
class ActionBody:
    """``action`` is pause, resume or stop."""

    action: str
    reason: str


def read_room(body: object) -> RoomBody:
    """Read ``{"recording": null | {"session": …, "required": …, "continues"?: …}}``."""
    recording = _fields(body, {"recording"})["recording"]
    if recording is None:
        return RoomBody(None, required=False)
    goes_on = isinstance(recording, dict) and "continues" in recording
    fields = _fields(recording, {"session", "required"} | ({"continues"} if goes_on else set()))
    session, required, continues = fields["session"], fields["required"], fields.get("continues")
    if not (_is_id(session) and isinstance(required, bool)):
        raise BadRequest("recording wants a session of 32 hex digits and whether it is required")
    if not (continues is None or (_is_id(continues) and continues != session)):
        raise BadRequest("continues is another session's 32 hex digits, or null")
    return RoomBody(session, required, continues)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def read_pictures(body: object) -> bool:
    """Read ``{"always": true | false}``."""
    always = _fields(body, {"always"})["always"]
    if not isinstance(always, bool):
        raise BadRequest("always is true or false")
    return always


def read_spot(body: object) -> tuple[float, float]:
    """Read ``{"x": 0..1, "y": 0..1}``: a spot of a picture, from its left and its top."""
    fields = _fields(body, {"x", "y"})
    x, y = fields["x"], fields["y"]
    for value in (x, y):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise BadRequest("x and y are numbers from 0 to 1")
    return float(x), float(y)


def read_peer(body: object) -> PeerBody:
    """Read ``{"place": 0..11, "role": …, "offer": …}``."""
    fields = _fields(body, {"place", "role", "offer"})
    place, role, offer = fields["place"], fields["role"], fields["offer"]
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < _SEATS:
        raise BadRequest(f"place is 0 to {_SEATS - 1}")
    if role not in _ROLES:
        raise BadRequest(f"role is one of {', '.join(_ROLES)}")
    if not isinstance(offer, str):
        raise BadRequest("offer is text")
    return PeerBody(place, role, offer)


def read_circles(body: object) -> Circles:
    """Read ``{"version": n, "groups": {peer: "joint" | id}, "muted": [peer], "kept"?: id}``."""
    keeps = {"kept"} if isinstance(body, dict) and "kept" in body else set()
    fields = _fields(body, {"version", "groups", "muted"} | keeps)
    version, groups, muted = fields["version"], fields["groups"], fields["muted"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BadRequest("version is a whole number from 1 on")
    if not isinstance(groups, dict) or len(groups) > _MOST_LISTED:
        raise BadRequest("groups is an object: the circle of each peer")
    if not all(_ID.fullmatch(peer) and _is_circle(name) for peer, name in groups.items()):
        raise BadRequest(f"groups has peers' ids, and for each {JOINT} or an id")
    if not isinstance(muted, list) or not all(isinstance(one, str) for one in muted):
        raise BadRequest("muted is a list of peers")
    kept = fields.get("kept")
    if not (kept is None or (kept != JOINT and kept in groups.values())):
        raise BadRequest("kept is a circle apart that somebody is in, or null")
    return Circles(version, groups, frozenset(muted) & groups.keys(), kept)


def _is_circle(name: object) -> bool:
    return isinstance(name, str) and (name == JOINT or _ID.fullmatch(name) is not None)


def read_action(body: object) -> ActionBody:
    """Read ``{"action": …, "reason": …}``; the reason may be left out."""
    fields = _fields(
        {"reason": "", **body} if isinstance(body, dict) else body, {"action", "reason"}
    )
    action, reason = fields["action"], fields["reason"]
    if action not in _ACTIONS:
        raise BadRequest(f"action is one of {', '.join(_ACTIONS)}")
    if not isinstance(reason, str) or len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise BadRequest(f"reason is at most {_LONGEST_REASON} printable characters")
    return ActionBody(action, reason)


def _fields(body: object, names: set[str]) -> dict[str, Any]:
    if not isinstance(body, dict) or body.keys() != names:
        raise BadRequest(f"an object with {', '.join(sorted(names))} is wanted")
    return body
