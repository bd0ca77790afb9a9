"""Who was in the room when, where it is not all the time. Pure, on the session's rows.

The mediator, the session's lawyer and the parties beside the terminal are there all the time. A
guest is there from being let in until being out; a lawyer who was called in, or had the talk
before, while connected.
"""

from collections.abc import Iterator, Mapping, Sequence

from server.proof.expected import FOREVER, spans_of
from server.proof.repository import Material
from server.proof.spans import Span
from server.storage.schema import Guest, Participant, Person
from signaling.events import EventType
from signaling.rights import Role

_E = EventType
_GUEST: Mapping[str, bool] = {
    _E.GUEST_ADMITTED: True,
    _E.GUEST_SENT_OUT: False,
    _E.GUEST_LEFT: False,
    _E.GUEST_REFUSED: False,
}
_CONNECTED: Mapping[str, bool] = {
    _E.PARTICIPANT_JOINED: True,
    _E.PARTICIPANT_RETURNED: True,
    _E.PARTICIPANT_LOST: False,
    _E.PARTICIPANT_LEFT: False,
}


def visits(found: Material) -> dict[str, list[Span]]:
    """Return the spans by id of person or account: of those who come and go, and of no others."""
    return dict([*_guests(found), *_lawyers(found)])


def _guests(found: Material) -> Iterator[tuple[str, list[Span]]]:
    persons = {one.id: one for one in found.persons}
    for guest in found.guests:
        inside = spans_of(
            (event.at.timestamp(), _GUEST[event.type])
            for event in found.events
            if event.type in _GUEST and event.body.get("person") == guest.person_id
        )
        yield guest.person_id, [*_beside_first(found, persons[guest.person_id], guest), *inside]


def _beside_first(found: Material, person: Person, guest: Guest) -> Sequence[Span]:
    """Who was asked at the request sat beside the terminal, until they were invited."""
    asked = any(
        one.person_id == person.id and one.at <= found.session.requested_at
        for one in found.consents
    )
    invited = [
        event.at.timestamp()
        for event in found.events
        if event.type == _E.GUEST_INVITED and event.body.get("person") == guest.person_id
    ]
    return [(-FOREVER, min(invited, default=FOREVER))] if asked else []


def _lawyers(found: Material) -> Iterator[tuple[str, list[Span]]]:
    for one in found.participants:
        if one.role is Role.LAWYER and one.account_id != found.session.lawyer_id:
            yield one.account_id, _connected(found, one)


def _connected(found: Material, participant: Participant) -> list[Span]:
    return spans_of(
        (event.at.timestamp(), _CONNECTED[event.type])
        for event in found.events
        if event.type in _CONNECTED and event.participant_id == participant.id
    )
