"""Giving a photo of evidence, and looking at one during the talk."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from recordings import photos
from recordings.records import Kept
from recordings.vault import KeyUnavailable, Vault
from server.photos import repository, rule
from server.photos.decoder import Decoder, Picture
from server.photos.files import Elsewhere, PhotoFiles
from server.photos.taking_back import take_back
from server.sessions import repository as sessions_repository
from server.sessions.room.earlier_photos import earlier_photos
from server.sessions.room.photos import apart_of, seen_since
from server.sessions.service import Answer, Sessions, authorise
from server.sessions.talk import media_seconds
from server.sessions.turn import Turn
from server.storage.engine import Database, Transaction
from server.storage.schema import Participant, Photo, Session, new_id
from server.web.principal import Principal
from signaling.errors import Conflict, NotFound
from signaling.events import EventType
from signaling.rights import Action

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gift:
    """What a page says of a photo: an id it made, words, whether the place may stay in it."""

    id: str
    session: str
    caption: str
    keep_place: bool


@dataclass(frozen=True, slots=True)
class _Stored:
    """A photo that lies in the session's folder and is no row yet."""

    ident: str
    arrived: bytes
    picture: Picture
    files: list[Kept]


class Photos:
    """Photos of the sessions below ``recordings``, encrypted with keys of the vault's.

    ``elsewhere`` finds in the archive what an earlier day's session has no longer here.
    """

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        recordings: Path,
        vault: Vault | None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._db = db
        self._sessions = sessions
        self._recordings = recordings
        self._vault = vault
        self._files = PhotoFiles(recordings, vault, elsewhere)
        self._decoder = Decoder()
        self._giving: set[str] = set()

    @asynccontextmanager
    async def giving(self, principal: Principal, session_id: str) -> AsyncIterator[None]:
        """Ask, before a byte of it is read, whether this person may give a photo now.

        One at a time of each person. Raises what ``authorise`` raises, OneAtATime, TooManyPhotos.
        """
        async with self._db.read() as db:
            await _giver(db, principal, session_id)
            await _check_room(db, principal, session_id)
        if principal.account_id in self._giving:
            raise rule.OneAtATime
        self._giving.add(principal.account_id)
        try:
            yield
        finally:
            self._giving.discard(principal.account_id)

    async def give(self, principal: Principal, gift: Gift, data: bytes) -> None:
        """Make a picture of the bytes and keep it; the same id again changes nothing.

        Raises BadPhoto, NotKept, TooManyPhotos, and what ``authorise`` raises.
        """
        picture = await self._decoder.decode(data, keep_place=gift.keep_place)
        stored = await self._store(gift.session, data, picture)
        kept = False
        try:
            kept = await self._note(principal, gift, stored)
        finally:
            if not kept:
                folder = self._recordings / gift.session
                await asyncio.to_thread(photos.discard, folder, stored.ident)

    async def take_back(
        self, principal: Principal, session_id: str, photo_id: str, words: str
    ) -> None:
        """Take back a photo that was given by mistake; what nobody else was shown is destroyed.

        Raises what ``taking_back.take_back`` raises.
        """

        async def work(turn: Turn) -> Answer:
            return await take_back(turn, principal, session_id, photo_id, words)

        answer = await self._sessions.transact(work, principal.account_id)
        files = [Kept(**one) for one in answer["files"]]
        folder = self._recordings / session_id
        try:
            await asyncio.to_thread(photos.destroy, folder, files, self._vault)
        except OSError:
            # On no page from now on; the keeper destroys it before the session is sealed.
            log.exception("photo.not_destroyed", extra={"session": session_id})

    async def look(
        self, principal: Principal, session_id: str, photo_id: str, *, small: bool
    ) -> bytes:
        """Return a photo of a talk under way to somebody in it, as JPEG.

        Raises NotFound for what this person may not see, PhotoMissing.
        """
        async with self._db.read() as db:
            session = await sessions_repository.session_by_id(db, session_id)
            if session is None:
                raise NotFound
            await authorise(db, principal, Action.SEE_PHOTOS, session)
            me = await _participant(db, principal, session)
            photo = await _seen(db, me, photo_id)
        return await self._files.read(photo, small=small)

    async def _store(self, session_id: str, data: bytes, picture: Picture) -> _Stored:
        # A name of its own: of two attempts at the same photo each has its files.
        ident, folder = new_id(), self._recordings / session_id
        pictures = (picture.photo, picture.small)
        try:
            files = await asyncio.to_thread(photos.keep, folder, ident, pictures, self._vault)
        except (KeyUnavailable, OSError):
            log.exception("photo.not_kept", extra={"session": session_id})
            raise rule.NotKept from None
        return _Stored(ident, data, picture, files)

    async def _note(self, principal: Principal, gift: Gift, stored: _Stored) -> bool:
        """Write the row; tell whether it is this attempt that was kept."""

        async def work(turn: Turn) -> Answer:
            session = await sessions_repository.lock_session(turn.db, gift.session)
            if session is None:
                raise NotFound
            me = await _giver(turn.db, principal, gift.session)
            there = await repository.photo_by_id(turn.db, gift.id)
            if there is not None:
                if (there.giver_id, there.session_id) != (principal.account_id, session.id):
                    raise Conflict
                return {"kept": False}
            await _check_room(turn.db, principal, session.id)
            caucus, lawyers = await apart_of(turn.db, session, me)
            row = _row(gift, stored, me)
            row.at, row.media_seconds = turn.now, media_seconds(session, turn.now)
            row.caucus_id, row.audience = caucus, lawyers
            turn.db.add(row)
            hashes = {"arrived_sha256": row.arrived_sha256, "sha256": row.sha256}
            turn.log(session, EventType.PHOTO_GIVEN, {"photo": row.id, **hashes}, me)
            return {"kept": True}

        answer = await self._sessions.transact(work, principal.account_id)
        return bool(answer["kept"])


async def _giver(db: Transaction, principal: Principal, session_id: str) -> Participant:
    session = await sessions_repository.session_by_id(db, session_id)
    if session is None:
        raise NotFound
    await authorise(db, principal, Action.GIVE_PHOTO, session)
    return await _participant(db, principal, session)


async def _participant(db: Transaction, principal: Principal, session: Session) -> Participant:
    me = await sessions_repository.participant_of(db, session.id, principal.account_id)
    if me is None:
        raise NotFound
    return me


async def _seen(db: Transaction, me: Participant, photo_id: str) -> Photo:
    """Return a photo that this participant may see: of this talk, or of an earlier day."""
    photo = await repository.photo_by_id(db, photo_id)
    if photo is not None and photo.session_id == me.session_id and seen_since(photo, me):
        return photo
    for one in await earlier_photos(db, me.session_id, me.account_id):
        if one.photo.id == photo_id:
            return one.photo
    raise NotFound


async def _check_room(db: Transaction, principal: Principal, session_id: str) -> None:
    givers = await repository.givers_of(db, session_id)
    rule.check_room(sum(one == principal.account_id for one in givers), len(givers))


def _row(gift: Gift, stored: _Stored, giver: Participant) -> Photo:
    return Photo(
        id=gift.id,
        session_id=gift.session,
        participant_id=giver.id,
        giver_id=giver.account_id,
        caption=gift.caption,
        place_kept=stored.picture.place,
        width=stored.picture.width,
        height=stored.picture.height,
        sha256=stored.files[0].sha256,
        arrived_bytes=len(stored.arrived),
        arrived_sha256=hashlib.sha256(stored.arrived).hexdigest(),
        files=[asdict(one) for one in stored.files],
    )
