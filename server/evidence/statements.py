"""Rows that never change, in the words that the chain of facts has the hash of.

The fields are listed, not taken from the table: a column that is added later must not change what
was said before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from recordings.facts import FactKind, Statement
from recordings.records import Kept
from server.evidence import repository
from server.sessions.repository import kept
from server.storage.engine import Transaction
from server.storage.schema import Advice, ApartConsent, Consent, Event, Photo, is_destroyed

_ADVICE = (
    "id",
    "session_id",
    "author_id",
    "at",
    "media_seconds",
    "matter_code",
    "advice",
    "legal_basis",
    "bring",
    "next_step",
    "corrects_id",
)
_CONSENT = (
    "id",
    "session_id",
    "person_id",
    "account_id",
    "subject",
    "given",
    "notice_version",
    "at",
)
_PHOTO = (
    "id",
    "session_id",
    "participant_id",
    "giver_id",
    "caucus_id",
    "at",
    "media_seconds",
    "caption",
    "place_kept",
    "width",
    "height",
    "sha256",
    "arrived_bytes",
    "arrived_sha256",
)
_APART_CONSENT = (
    "id",
    "recording_id",
    "person_id",
    "account_id",
    "given",
    "version",
    "at",
    "how",
    "guardian",
)
_GONE = ("id", "session_id", "gone_at", "gone_by_id")
_EVENT = (
    "session_id",
    "seq",
    "at",
    "type",
    "actor_id",
    "participant_id",
    "body",
)


async def statements_of(db: Transaction, session_id: str) -> list[Statement]:
    """Return everything that was said, agreed and logged in a session."""
    advice = await repository.advice_of(db, session_id)
    consents = await repository.consents_of(db, session_id)
    events = await repository.events_of(db, session_id)
    photos = await repository.photos_of(db, session_id)
    return [
        *(_statement(FactKind.CONSENT, row.id, row, _CONSENT) for row in consents),
        *(_statement(FactKind.ADVICE, row.id, row, _ADVICE) for row in advice),
        *(_statement(FactKind.EVENT, str(row.seq), row, _EVENT) for row in events),
        *(
            replace(_statement(FactKind.PHOTO, row.id, row, _PHOTO), files=_files(row))
            for row in photos
        ),
        *(_gone(row) for row in photos if is_destroyed(row)),
    ]


async def statements_apart(db: Transaction, recording_id: str) -> list[Statement]:
    """Return who agreed to the recording of a talk apart; it stands in that recording alone."""
    rows = await kept.consents_of(db, recording_id)
    return [_statement(FactKind.CONSENT, row.id, row, _APART_CONSENT) for row in rows]


_Row = Advice | ApartConsent | Consent | Event | Photo


def _statement(kind: FactKind, ident: str, row: _Row, fields: Sequence[str]) -> Statement:
    content = {name: _plain(getattr(row, name)) for name in fields}
    return Statement(kind, ident, row.at.timestamp(), content)


def _gone(row: Photo) -> Statement:
    """That a photo was taken back and destroyed: its files may be missing from then on."""
    assert row.gone_at is not None
    content = {name: _plain(getattr(row, name)) for name in _GONE}
    return Statement(FactKind.PHOTO_GONE, row.id, row.gone_at.timestamp(), content)


def _files(row: Photo) -> tuple[Kept, ...]:
    return tuple(Kept(**one) for one in row.files)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
