"""A talk of twelve seconds, agreed by all, recorded by the real recorder and sealed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recordings.keys import SigningKey, signing_key
from recordings.model import Codec, TrackKind
from recordings.vault import Vault
from server.evidence import Keeper
from server.media.journals import Journals
from server.proof import Nights, Prover
from server.proof.repository import latest_of, runs
from server.storage.schema import Account, Consent, Guest, Person, Proof, new_id
from signaling.events import EventType
from signaling.guest import GuestState
from signaling.recording import RecordingState
from signaling.rights import Role
from tests.recordings import media
from tests.recordings.desk import RATES, START, Desk, vault_in
from tests.server.review.archive import Archive

TALK_S = 12.0
BEGIN = datetime.fromtimestamp(START, UTC)
END = BEGIN + timedelta(seconds=TALK_S)


@dataclass
class Talks:
    """Talks of an archive, recorded below ``root``; ``now`` may be moved."""

    archive: Archive
    root: Path
    now: datetime = END + timedelta(hours=1)
    stop: bool = False
    participants: list[str] = field(default_factory=list)

    @property
    def key(self) -> SigningKey:
        return signing_key(self.root.parent / "keys")

    @property
    def vault(self) -> Vault:
        return vault_in(self.root.parent / "keys")

    def nights(self) -> Nights:
        prover = Prover(self.archive.db, self.root, self.key.public)
        return Nights(self.archive.db, prover, lambda: self.now, 2, lambda: self.stop)

    async def talk(self, *, given: bool = True, written: bool = True) -> str:
        """A talk to which the lawyer agreed or not, and of which something is there or not."""
        state = RecordingState.CLOSED if given else RecordingState.DECLINED
        session = await self.archive.session(
            recording=state,
            live_at=BEGIN,
            ended_at=END,
            requested_at=BEGIN,
            recording_at=BEGIN if given else None,
        )
        people = {self.archive.mediator: Role.MEDIATOR, self.archive.lawyers[0]: Role.LAWYER}
        self.participants = [
            await self.archive.participant(session, account, role, place)
            for place, (account, role) in enumerate(people.items())
        ]
        for account in people:
            await self.consent(session, account, given or account == self.archive.mediator)
        await self._log(session)
        if written:
            self.record(session)
            await Journals(self.archive.db, self.root).read(session)
            await self.keep()
        return session

    def record(self, session: str) -> None:
        desk = Desk(self.root, key=self.key, vault=self.vault)
        recording = desk.recorder.open_session(session)
        tracks = [
            recording.track(one, TrackKind.MICROPHONE, Codec.OPUS, RATES[Codec.OPUS])
            for one in self.participants
        ]
        sent = media.packets(Codec.OPUS, media.tone(TALK_S))
        desk.feed(*((track, sent) for track in tracks))
        recording.close("done")
        desk.close()

    async def keep(self) -> None:
        """Chain and sign, as the jobs do."""
        journals = Journals(self.archive.db, self.root)
        keeper = Keeper(self.archive.db, self.root, self.key, lambda: self.now, journals.read)
        await keeper.keep_all()

    async def consent(self, session: str, account: str, given: bool) -> None:
        """Somebody agrees or refuses, a minute before."""
        async with self.archive.db.write() as db:
            db.add(
                Consent(
                    session_id=session,
                    account_id=account,
                    subject="recording",
                    given=given,
                    notice_version="v1",
                    at=BEGIN - timedelta(minutes=1),
                )
            )

    async def guest(self, session: str, *, answer: bool, inside: bool, minor: bool) -> None:
        """Somebody from elsewhere answers in the lobby, and is let in for the whole talk or not."""
        person = new_id()
        async with self.archive.db.write() as db:
            account = Account(
                id=new_id(),
                username=person,
                password_hash="",
                role=Role.PARTY,
                name="王小河",
                created_at=BEGIN,
            )
            db.add(account)
            db.add(Person(id=person, session_id=session, name="王小河", position=1, minor=minor))
            await db.flush()
            db.add(
                Guest(
                    session_id=session,
                    person_id=person,
                    account_id=account.id,
                    state=GuestState.INSIDE if inside else GuestState.WAITING,
                    since=BEGIN,
                )
            )
            db.add(
                Consent(
                    session_id=session,
                    person_id=person,
                    subject="recording",
                    given=answer,
                    notice_version="v1",
                    at=BEGIN + timedelta(seconds=1),
                )
            )
        if inside:
            at, who = BEGIN - timedelta(seconds=1), {"person": person}
            await self.archive.event(session, 6, EventType.GUEST_ADMITTED, at, body=who)

    async def _log(self, session: str) -> None:
        shown = {"microphone": True, "camera": False, "screen": False}
        for one in self.participants:
            await self.archive.event(session, 1, EventType.PARTICIPANT_JOINED, BEGIN, one)
            await self.archive.event(
                session, 2, EventType.PARTICIPANT_SHOWED, BEGIN, one, body=shown
            )
        await self.archive.event(session, 3, EventType.SESSION_LIVE, BEGIN)
        for one in self.participants:
            await self.archive.event(session, 4, EventType.PARTICIPANT_LEFT, END, one)
        await self.archive.event(session, 5, EventType.SESSION_HUNG_UP, END)

    async def proof(self, session: str) -> Proof | None:
        async with self.archive.db.read() as db:
            return await latest_of(db, session)

    async def state(self, session: str) -> str:
        found = await self.proof(session)
        return found.state if found else ""

    async def runs(self) -> list[dict[str, int]]:
        """How sessions stood in each round, newest first."""
        async with self.archive.db.read() as db:
            return [dict(row.counts) for row in await runs(db, 10)]

    def segment(self, session: str) -> Path:
        return next((self.root / session).glob("*/microphone-*"))
