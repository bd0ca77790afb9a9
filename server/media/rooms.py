"""Rooms on relays: placed, entered, and kept in agreement with the database."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress

from server.media.probes import MARK
from server.media.relay_client import RelayClient, RelayFull, RelayUnavailable, answering
from server.media.repository import whereabouts_of
from server.media.restart import move
from server.sessions import repository
from server.sessions.dividing import division, locked
from server.sessions.service import Answer, Sessions, authorise
from server.sessions.turn import Turn, step_participant
from server.storage.engine import Database
from server.storage.schema import Participant, Session
from server.web.principal import Principal
from signaling.commands import OfferMedia, PointAt, WantPictures
from signaling.errors import NotFound
from signaling.participant import ParticipantEvent
from signaling.recording import ACTIVE, RecordingState
from signaling.rights import Action
from signaling.session import IN_ROOM, SessionState

log = logging.getLogger(__name__)

_RUNNING = frozenset({RecordingState.RECORDING, RecordingState.INTERRUPTED, RecordingState.PAUSED})


_TRIES = 3  # to find the relay on which others are placing the same room


class _PlacedElsewhere(Exception):
    """While a relay was being chosen, somebody else's offer has placed the room on another one."""


class Rooms:
    """One room a session, on one of the relays."""

    def __init__(self, db: Database, sessions: Sessions, relays: Mapping[str, RelayClient]) -> None:
        self._db = db
        self._sessions = sessions
        self._relays = relays

    async def offer(self, principal: Principal, body: OfferMedia) -> Answer:
        """Take a page's offer into its session's room; return ``{"sdp": …, "epoch": …}``."""
        for _ in range(_TRIES):
            session, mine = await self._own(principal, body.session)
            with suppress(_PlacedElsewhere):
                return await self._enter(session, mine, body.sdp)
        raise RelayUnavailable

    async def _enter(self, session: Session, mine: Participant, offer: str) -> Answer:
        relay, boot = await self._place(session)
        # Before the relay hears of the peer, so that its "connected" finds the participant waiting.
        entering = _entering(mine.id, session, relay.address, boot)
        try:
            entered = await self._sessions.transact(entering)
        except Exception:
            await _withdraw(relay, session)
            raise
        # Before the peer is there: that it is recorded, whom it may see and hear, and whether it
        # may be recorded. Not before it is settled that the room is here: a journal has one writer.
        await self._open(relay, session)
        await self._agree(relay, session.id)
        sdp = await relay.offer(session.id, mine.id, mine.place, mine.role.value, offer)
        return {"sdp": sdp, **entered}

    async def pictures(self, principal: Principal, body: WantPictures) -> Answer:
        """Tell the relay whether somebody wants pictures whatever the line carries."""
        session, mine = await self._own(principal, body.session)
        relay = self._relays.get(session.relay or "")
        if relay is None:
            raise RelayUnavailable
        await relay.pictures(session.id, mine.id, always=body.always)
        return {}

    async def point(self, principal: Principal, body: PointAt) -> Answer:
        """Have the relay tell those who see the same page where somebody points; it is not kept."""
        session, mine = await self._own(principal, body.session, Action.POINT)
        relay = self._relays.get(session.relay or "")
        if relay is None:
            raise RelayUnavailable
        await relay.point(session.id, mine.id, body.x, body.y)
        return {}

    async def _own(
        self, principal: Principal, session_id: str, action: Action = Action.OFFER_MEDIA
    ) -> tuple[Session, Participant]:
        """The session and who the principal is in it. Raises NotFound, NotAllowed."""
        async with self._db.read() as db:
            session = await repository.session_by_id(db, session_id)
            if session is None:
                raise NotFound
            await authorise(db, principal, action, session)
            mine = await repository.participant_of(db, session.id, principal.account_id)
        if mine is None:
            raise NotFound
        return session, mine

    async def settle(self, session_id: str) -> None:
        """Make the relay agree with the database; safe to do at any time, any number of times."""
        async with self._db.read() as db:
            session = await whereabouts_of(db, session_id)
        if session is None or session.relay is None or session.relay not in self._relays:
            return
        relay = self._relays[session.relay]
        try:
            if session.state not in IN_ROOM:
                await relay.delete_room(session.id)
            else:
                await self._agree(relay, session.id)
        except RelayUnavailable as error:
            # What cannot be said now is said again when the relay is back (see tidy).
            log.info("media.settle_later", extra={"session": session_id, "code": error.code})

    async def _agree(self, relay: RelayClient, session_id: str) -> None:
        """Tell the relay of the present division and the recording, the careful one first."""
        async with self._db.read() as db:
            session = await repository.session_by_id(db, session_id)
            if session is None or session.state not in IN_ROOM:
                return
            wanted = await division(db, session)
        if wanted.hold:
            await self._settle_recording(relay, session, wanted.hold)
        held = await relay.divide(
            session.id, wanted.version, wanted.groups, wanted.muted, wanted.kept
        )
        if not wanted.hold:
            await self._settle_recording(relay, session, "")
        if wanted.locks is not None and held >= wanted.version:
            await self._sessions.transact(locked(session.id, wanted.locks))

    async def tidy(self, relay: RelayClient) -> None:
        """End the relay's rooms whose sessions are over, and settle the others."""
        for room in await relay.rooms():
            if room.startswith(MARK) and not await self._is_session(room):
                await relay.delete_room(room)  # a trial that a web process left behind
            else:
                await self.settle(room)

    async def _is_session(self, room: str) -> bool:
        async with self._db.read() as db:
            return await repository.session_by_id(db, room) is not None

    async def _place(self, session: Session) -> tuple[RelayClient, str]:
        """Open the room where it was, if that relay answers, else on the first that takes it.

        Raises RelayFull when all that answer are full, RelayUnavailable when none answers.
        """
        refused = RelayUnavailable()
        async for relay, boot in self._candidates(session):
            try:
                await relay.put_room(session.id, record=False)
            except RelayFull as error:
                log.info("media.relay_full", extra={"session": session.id})
                refused = error
            else:
                return relay, boot
        raise refused

    async def _candidates(self, session: Session) -> AsyncIterator[tuple[RelayClient, str]]:
        own = self._relays.get(session.relay or "")
        if own is not None:
            with suppress(RelayUnavailable):
                yield own, (await own.hello()).boot
        for relay, hello in await answering(self._relays.values()):
            if relay is not own:
                yield relay, hello.boot

    async def _open(self, relay: RelayClient, session: Session) -> None:
        await relay.put_room(
            session.id,
            record=session.recording in ACTIVE,
            continues=await self._earlier(session.id),
        )

    async def _earlier(self, session_id: str) -> str | None:
        async with self._db.read() as db:
            return await repository.continued_by(db, session_id)

    async def _settle_recording(self, relay: RelayClient, session: Session, hold: str) -> None:
        """Pause while there is a reason to, go on when there is none."""
        if session.recording in _RUNNING and hold:
            await relay.recording(session.id, "pause", hold)
        elif session.recording is RecordingState.PAUSED and not hold:
            await relay.recording(session.id, "resume")
        elif (
            session.recording is RecordingState.ARMED and session.state is not SessionState.ACCEPTED
        ):
            # Somebody who had refused has agreed, or has left: it begins in the middle of the talk.
            await self._open(relay, session)
        elif session.recording is RecordingState.DECLINED:
            await relay.recording(session.id, "stop", "somebody does not agree")
        elif session.state is SessionState.ACCEPTED and session.recording is RecordingState.FAILED:
            # It could not begin: the people were told, and talk without it rather than not at all.
            await relay.recording(session.id, "stop", "failed to begin")


async def _withdraw(relay: RelayClient, session: Session) -> None:
    """The room was opened for nothing: nobody would ever end it there."""
    if session.relay != relay.address:
        with suppress(RelayUnavailable):
            await relay.delete_room(session.id)


def _entering(
    participant_id: str, seen: Session, relay: str, boot: str
) -> Callable[[Turn], Awaitable[Answer]]:
    async def work(turn: Turn) -> Answer:
        session = await repository.lock_session(turn.db, seen.id)
        participant = await repository.participant_by_id(turn.db, participant_id)
        if session is None or participant is None:
            raise NotFound
        if session.relay not in (seen.relay, relay):
            raise _PlacedElsewhere
        await move(turn, session, relay, boot)
        step_participant(participant, ParticipantEvent.OFFER)
        session.seq += 1
        turn.touched.add(session.id)
        return {"epoch": session.media_epoch}

    return work
