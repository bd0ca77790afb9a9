"""Who was in the room during each recorded second, and the consent that covers it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from recordings import journal, records
from server.consents import repository
from server.sessions.repository import kept
from server.storage.engine import Transaction
from server.storage.schema import (
    ApartConsent,
    ApartRecording,
    Consent,
    Event,
    Guest,
    Participant,
    Person,
    Segment,
    Session,
)
from signaling.consent import Answer, Covered, How, Presence, Span, Subject, coverage, merged
from signaling.events import EventType
from signaling.rights import Role

_CAME = frozenset({EventType.PARTICIPANT_JOINED, EventType.PARTICIPANT_RETURNED})
_WENT = frozenset({EventType.GUEST_SENT_OUT, EventType.GUEST_LEFT, EventType.GUEST_REFUSED})
_EVER = Span(0.0, float("inf"))


@dataclass(frozen=True, slots=True)
class Said:
    """A consent as the report tells of it; ``wording`` is the version that was read."""

    at: datetime
    how: How
    wording: str
    guardian: str
    media_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """``covered`` in the order of people and time; ``names`` and ``consents`` by id.

    ``what`` was recorded: the session, or a talk apart in it.
    """

    number: str
    begin: float
    recorded: list[Span]
    covered: list[Covered]
    names: dict[str, str]
    consents: dict[str, Said]
    what: str = "session"

    @property
    def uncovered(self) -> list[Covered]:
        """The spans in which somebody was recorded whom no consent covers."""
        return [one for one in self.covered if one.answer is None]


async def report_of(db: Transaction, number: str) -> Report | None:
    """Return the report of a session, named by its number or id; None: no such session."""
    session = await repository.session_by_number(db, number)
    if session is None:
        return None
    segments = await repository.segments_of(db, session.id)
    consents = await repository.consents_of(db, session.id)
    persons = await repository.persons_of(db, session.id)
    participants = await repository.participants_of(db, session.id)
    guests = await repository.guests_of(db, session.id)
    events = await repository.events_of(db, session.id)
    recorded = merged(_span(segment) for segment in segments)
    present = [
        *_at_their_places(participants, segments),
        *_parties(session, persons, guests, participants, consents, events),
    ]
    names = {one.account_id: one.name for one in participants if one.role is not Role.PARTY}
    return Report(
        number=session.number,
        begin=recorded[0].start if recorded else 0.0,
        recorded=recorded,
        covered=coverage(recorded, present, _answers(consents, persons)),
        names=names | {one.id: one.name for one in persons},
        consents={
            one.id: Said(one.at, one.how, one.notice_version, one.guardian, one.media_seconds)
            for one in consents
        },
    )


async def reports_apart(db: Transaction, recordings: Path, number: str) -> list[Report]:
    """Return a report for each recorded talk apart of the session, the oldest first.

    Its journal below ``recordings`` says what was recorded; it has no rows.
    """
    session = await repository.session_by_number(db, number)
    found = await kept.recordings_of(db, session.id) if session else []
    return [await _report_apart(db, recordings / one.id, one) for one in found]


async def _report_apart(db: Transaction, folder: Path, recording: ApartRecording) -> Report:
    path = folder / journal.NAME
    rows = journal.read(path) if path.is_file() else []
    segments = [row for row in rows if isinstance(row, records.Segment)]
    consents = await kept.consents_of(db, recording.id)
    persons = await repository.persons_of(db, recording.session_id)
    participants = await repository.participants_of(db, recording.session_id)
    guests = await repository.guests_of(db, recording.session_id)
    party = await repository.party_apart(db, recording.id)
    recorded = merged(_placed(one) for one in segments)
    accounts = {guest.account_id: person for person, guest in guests.items()}
    heard = {accounts.get(one.account_id, one.account_id): one.id for one in participants}
    # The party may sit beside the terminal and have no track: there as long as it was recorded.
    present = [Presence(party, _EVER)] + [
        Presence(who, span)
        for who, own in heard.items()
        if who != party
        for span in merged(_placed(one) for one in segments if one.participant == own)
    ]
    names = {who: one.name for one in participants for who, own in heard.items() if own == one.id}
    return Report(
        number=recording.id,
        begin=recorded[0].start if recorded else 0.0,
        recorded=recorded,
        covered=coverage(recorded, present, _answers(consents, persons)),
        names=names | {one.id: one.name for one in persons},
        consents={one.id: Said(one.at, one.how, one.version, one.guardian) for one in consents},
        what="talk apart",
    )


def _placed(segment: records.Segment) -> Span:
    return Span(segment.start, segment.start + segment.duration)


def _span(segment: Segment) -> Span:
    start = segment.start_at.timestamp()
    return Span(start, start + segment.seconds)


def _answers(consents: Sequence[Consent | ApartConsent], persons: Sequence[Person]) -> list[Answer]:
    minors = {one.id for one in persons if one.minor}
    return [
        Answer(
            one.id,
            one.person_id or one.account_id or "",
            one.given and (one.person_id not in minors or bool(one.guardian)),
            one.at.timestamp(),
        )
        for one in consents
        if isinstance(one, ApartConsent) or one.subject == Subject.RECORDING
    ]


def _at_their_places(
    participants: Sequence[Participant], segments: Sequence[Segment]
) -> Iterator[Presence]:
    """Mediator and lawyers: present whenever they themselves are on record."""
    for one in participants:
        if one.role is not Role.PARTY:
            own = merged(_span(s) for s in segments if s.participant_id == one.id)
            yield from (Presence(one.account_id, span) for span in own)


def _parties(
    session: Session,
    persons: Sequence[Person],
    guests: dict[str, Guest],
    participants: Sequence[Participant],
    consents: Sequence[Consent],
    events: Sequence[Event],
) -> Iterator[Presence]:
    """Beside the terminal: all the time. From elsewhere: from connected to gone."""
    asked_first = {c.person_id for c in consents if c.at <= session.requested_at}
    for person in persons:
        guest = guests.get(person.id)
        if guest is None:
            yield Presence(person.id, _EVER)
            continue
        if person.id in asked_first:
            yield Presence(person.id, Span(0.0, _first_invited(person, events)))
        place = next((p for p in participants if p.account_id == guest.account_id), None)
        if place is not None:
            yield from _visits(person, place, events)


def _first_invited(person: Person, events: Sequence[Event]) -> float:
    invited = [
        event.at.timestamp()
        for event in events
        if event.type == EventType.GUEST_INVITED and event.body.get("person") == person.id
    ]
    return min(invited, default=float("inf"))


def _visits(person: Person, place: Participant, events: Sequence[Event]) -> Iterator[Presence]:
    """From the first packet after being let in until they are out, or the talk is over."""
    since: float | None = None
    for event in events:
        at = event.at.timestamp()
        if event.type in _CAME and event.participant_id == place.id:
            since = at if since is None else since
        gone = event.type in _WENT and event.body.get("person") == person.id
        if since is not None and (gone or event.type == EventType.SESSION_HUNG_UP):
            yield Presence(person.id, Span(since, at))
            since = None
    if since is not None:
        yield Presence(person.id, Span(since, float("inf")))
