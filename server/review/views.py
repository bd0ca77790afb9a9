"""Sessions as the review pages see them: cards, details, quotations.

Moments are milliseconds of unix time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.review.repository.index import advice_texts
from server.review.snippets import quote
from server.storage.schema import (
    Account,
    Advice,
    Consent,
    Event,
    Matter,
    Participant,
    Person,
    Photo,
    Session,
    Viewing,
    is_destroyed,
)
from signaling.moments import maybe_milliseconds, milliseconds

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and codes are called."""

    stations: Mapping[str, str]
    matters: Mapping[str, str]
    people: Mapping[str, str]

    def matter(self, code: str) -> Json:
        return {"code": code, "name": self.matters.get(code, code)}


def matter_names(matters: Sequence[Matter]) -> dict[str, str]:
    """Return the kinds' names by code."""
    return {matter.code: matter.name for matter in matters}


def card(session: Session, names: Names) -> Json:
    """The session in short."""
    return {
        "id": session.id,
        "number": session.number,
        "kind": session.kind.value,
        "matter": names.matter(session.matter_code),
        "station": names.stations.get(session.station_id, ""),
        "requested_at": milliseconds(session.requested_at),
        "state": session.state.value,
        "lawyer": names.people.get(session.lawyer_id or ""),
        "live_at": maybe_milliseconds(session.live_at),
        "ended_at": maybe_milliseconds(session.ended_at),
    }


def result(session: Session, names: Names, advice: Sequence[Advice], chunks: Sequence[str]) -> Json:
    """The session as a search result, quoted where the words stand."""
    texts = [session.facts, *(text for entry in advice for text in advice_texts(entry))]
    return card(session, names) | {
        "recording": recording(session),
        "advice_count": len(advice),
        "snippet": [piece.as_json() for piece in quote(texts, list(chunks))],
    }


def recording(session: Session) -> Json:
    """State of the recording and since when there is one."""
    return {
        "state": session.recording.value,
        "since": maybe_milliseconds(session.recording_at),
    }


def person_json(person: Person) -> Json:
    """A party beside the terminal."""
    return {"id": person.id, "name": person.name, "phone": person.phone}


def lawyer_json(account: Account | None) -> Json | None:
    """The lawyer with firm and licence."""
    if account is None:
        return None
    return {"name": account.name, "firm": account.firm, "licence_no": account.licence_no}


def participant_json(participant: Participant) -> Json:
    """Somebody who had media in the room."""
    return {
        "id": participant.id,
        "role": participant.role.value,
        "name": participant.name,
        "place": participant.place,
    }


def advice_json(session: Session, entries: Sequence[Advice], names: Names) -> list[Json]:
    """The advice log, corrected entries with the one that corrects them."""
    corrected_by = {entry.corrects_id: entry.id for entry in entries if entry.corrects_id}
    return [
        {
            "id": entry.id,
            "author": names.people.get(entry.author_id, ""),
            "at": milliseconds(entry.at),
            "moment": _moment(session, entry),
            "media_seconds": entry.media_seconds,
            "matter": names.matter(entry.matter_code),
            "advice": entry.advice,
            "legal_basis": entry.legal_basis,
            "bring": entry.bring,
            "next_step": entry.next_step,
            "corrects": entry.corrects_id,
            "corrected_by": corrected_by.get(entry.id),
        }
        for entry in entries
    ]


def _moment(session: Session, entry: Advice) -> int:
    """When the advice was given: the moment that was marked for it, else when it was written."""
    origin = session.recording_at or session.live_at
    if entry.media_seconds is None or origin is None:
        return milliseconds(entry.at)
    return milliseconds(origin + timedelta(seconds=entry.media_seconds))


def consent_json(consent: Consent, names: Names, persons: Mapping[str, str]) -> Json:
    """Who agreed to what, when and in which wording."""
    name = persons.get(consent.person_id or "") or names.people.get(consent.account_id or "", "")
    return {
        "name": name,
        "subject": consent.subject,
        "given": consent.given,
        "notice": consent.notice_version,
        "at": milliseconds(consent.at),
    }


def event_json(event: Event, names: Names, participants: Mapping[str, str]) -> Json:
    """An entry of the session's log."""
    return {
        "seq": event.seq,
        "at": milliseconds(event.at),
        "type": event.type,
        "actor": names.people.get(event.actor_id or ""),
        "participant": participants.get(event.participant_id or ""),
        "body": event.body,
    }


def photo_json(photo: Photo, participants: Mapping[str, str]) -> Json:
    """What is written of a photo of evidence; to see it one states a purpose."""
    return {
        "id": photo.id,
        "at": milliseconds(photo.at),
        "name": participants.get(photo.participant_id, ""),
        "caption": photo.caption,
        "shown_at": maybe_milliseconds(photo.shown_at),
        "gone_at": maybe_milliseconds(photo.gone_at),
        "gone_words": photo.gone_words,
        "destroyed": is_destroyed(photo),
        "aside": photo.caucus_id is not None,
        "place": photo.place_kept,
        "width": photo.width,
        "height": photo.height,
        "sha256": photo.sha256,
        "arrived_sha256": photo.arrived_sha256,
    }


def viewing_json(viewing: Viewing, people: Mapping[str, str]) -> Json:
    """Who watched, why and when."""
    return {
        "id": viewing.id,
        "name": people.get(viewing.account_id, ""),
        "purpose": viewing.purpose,
        "opened_at": milliseconds(viewing.opened_at),
        "expires_at": milliseconds(viewing.expires_at),
    }
