"""A recorded talk with a recorded talk apart in it, by the real recorder, agreed to and sealed."""

from datetime import datetime, timedelta
from pathlib import Path

from recordings.model import Codec, TrackKind
from server.storage.schema import (
    Account,
    ApartConsent,
    ApartPolicy,
    ApartRecording,
    Caucus,
    Guest,
    Participant,
    Person,
    new_id,
)
from signaling.caucus import CaucusState
from signaling.consent import How
from signaling.guest import GuestState
from signaling.participant import ParticipantState
from signaling.recording import RecordingState
from signaling.rights import Role
from tests.recordings import media
from tests.recordings.desk import RATES, Desk
from tests.server.proof.recorded import BEGIN, Talks

ASIDE_S = 4.0
WORDING = "apart-1"


async def talk_apart(talks: Talks, *, agreed: bool = True, written: bool = True) -> tuple[str, str]:
    """A session and the recording of the mediator's talk apart with one party, by their ids."""
    session = await talks.talk(written=False)
    party = await _party(talks, session)
    recording = await _asked(talks, session, party.person_id)
    for account, person in ((talks.archive.mediator, None), (None, party.person_id)):
        await consent(talks, recording, account, person, given=agreed or person is None)
    if written:
        talks.record(session)
        record(talks, recording, [talks.participants[0], await _place(talks, party)])
        await talks.keep()
    return session, recording


def record(talks: Talks, recording: str, people: list[str]) -> None:
    """Record these participants as the talk apart, and close."""
    desk = Desk(talks.root, key=talks.key, vault=talks.vault)
    opened = desk.recorder.open_session(recording)
    tracks = [
        opened.track(one, TrackKind.MICROPHONE, Codec.OPUS, RATES[Codec.OPUS]) for one in people
    ]
    sent = media.packets(Codec.OPUS, media.tone(ASIDE_S))
    desk.feed(*((track, sent) for track in tracks))
    opened.close("not kept any more")
    desk.close()


async def consent(
    talks: Talks, recording: str, account: str | None, person: str | None, *, given: bool
) -> None:
    """Somebody in the talk apart says yes or no, a moment before."""
    async with talks.archive.db.write() as db:
        db.add(
            ApartConsent(
                recording_id=recording,
                person_id=person,
                account_id=account,
                given=given,
                version=WORDING,
                at=BEGIN - timedelta(seconds=5),
                how=How.TAP,
            )
        )


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


async def _party(talks: Talks, session: str) -> Guest:
    account, person = new_id(), new_id()
    async with talks.archive.db.write() as db:
        db.add(_account(account, BEGIN))
        db.add(Person(id=person, session_id=session, name="王小河", position=2))
        await db.flush()
        guest = Guest(
            session_id=session,
            person_id=person,
            account_id=account,
            state=GuestState.OVER,
            since=BEGIN,
        )
        db.add(guest)
    return guest


def _account(ident: str, at: datetime) -> Account:
    return Account(
        id=ident, username=ident, password_hash="", role=Role.PARTY, name="王小河", created_at=at
    )


async def _place(talks: Talks, party: Guest) -> str:
    place = new_id()
    async with talks.archive.db.write() as db:
        db.add(
            Participant(
                id=place,
                session_id=party.session_id,
                account_id=party.account_id,
                role=Role.PARTY,
                name="王小河",
                place=5,
                state=ParticipantState.LEFT,
            )
        )
    return place


async def _asked(talks: Talks, session: str, person: str) -> str:
    recording = new_id()
    async with talks.archive.db.write() as db:
        if await db.get(ApartPolicy, WORDING) is None:
            db.add(
                ApartPolicy(
                    version=WORDING,
                    allowed=True,
                    body="这段单独谈话的录音录像另行封存。",
                    set_at=BEGIN,
                    set_by_id=talks.archive.admin,
                )
            )
        db.add(
            Caucus(
                id=recording,
                session_id=session,
                person_id=person,
                state=CaucusState.RETURNED,
                asked_at=BEGIN,
                ended_at=BEGIN + timedelta(seconds=ASIDE_S),
            )
        )
        await db.flush()
        db.add(
            ApartRecording(
                id=recording,
                session_id=session,
                version=WORDING,
                state=RecordingState.CLOSED,
                asked_at=BEGIN,
                started_at=BEGIN,
            )
        )
    return recording
