"""What a party from elsewhere is shown (PartyView of PROTOCOL.md): their own, and the room's."""

from collections.abc import Mapping
from types import MappingProxyType

from server.sessions import repository
from server.sessions.continuing_view import goes_on
from server.sessions.repository import asked, seen
from server.sessions.repository.seen import Shown
from server.sessions.room.people_view import View, answers_of
from server.sessions.session_view import session_view
from server.storage.engine import Transaction
from server.storage.schema import Guest, Person, Session
from server.web.principal import Principal
from signaling.guest import GuestState
from signaling.moments import maybe_milliseconds
from signaling.session import IN_ROOM, WAITING

_THEIRS = (
    *("id", "number", "kind", "matter", "station", "requested_at", "state", "live_at", "ended_at"),
    *("seq", "mediator", "lawyer", "participants", "recording", "hold", "media", "adjourned"),
    *("aside", "messages", "photos"),
)
"""What everybody in the room is told; each of the last ones is cut to who looks already."""

_NOTHING: Mapping[str, object] = MappingProxyType(
    {
        "needs": [],
        "language": "",
        "facts": "",
        "queue": None,
        "lead": False,
        "conflict": False,
        "handing": None,
        "called": None,
        "advice": [],
        "receipt_at": None,
        "closed_at": None,
        "reason": "",
        "previous": None,
        "lobby": [],
    }
)
"""What is the mediator's and the lawyers' to know and to speak of."""


async def party_view(db: Transaction, principal: Principal, ice: list[dict[str, object]]) -> View:
    """Return the guest's whole state; whose account is no guest's gets nothing."""
    guest = await repository.guest_of_account(db, principal.account_id)
    shown = await seen.session_by_id(db, guest.session_id) if guest else None
    person = await repository.person_of(db, guest.session_id, guest.person_id) if guest else None
    if guest is None or shown is None or person is None:
        return {"guest": None, "session": None}
    inside = guest.state is GuestState.INSIDE and shown.session.state in IN_ROOM
    return {
        "guest": await _guest(db, shown, guest, person),
        "session": await _room(db, shown, person, principal, ice) if inside else None,
    }


async def _guest(db: Transaction, shown: Shown, guest: Guest, person: Person) -> View:
    session = shown.session
    station = await asked.station_by_id(db, session.station_id)
    consents = await repository.consents_of(db, session.id)
    return {
        "session": session.id,
        "state": guest.state.value,
        "since": maybe_milliseconds(guest.since),
        "name": person.name,
        "minor": person.minor,
        "guardian": person.guardian,
        "been_inside": guest.admitted_at is not None,
        "words": guest.words,
        "consents": answers_of(consents, person.id),
        "mediator": shown.names.mediator_name,
        "station": {"name": station.name, "phone": station.phone} if station else None,
        "number": session.number,
        "talk": _talk(session),
        "goes_on": await goes_on(db, session),
    }


def _talk(session: Session) -> str:
    """Return how far the session is, in as much as it concerns who waits outside."""
    if session.state in WAITING:
        return "waiting"
    return "under_way" if session.state in IN_ROOM else "over"


async def _room(
    db: Transaction,
    shown: Shown,
    person: Person,
    principal: Principal,
    ice: list[dict[str, object]],
) -> View:
    view = await session_view(db, shown, principal, ice)
    own = [one for one in view["persons"] if one["id"] == person.id]
    return {name: view[name] for name in _THEIRS} | dict(_NOTHING) | {"persons": own}
