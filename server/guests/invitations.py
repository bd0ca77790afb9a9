"""Invitations (邀请): made by the mediator for one named person, looked at, used once."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.accounts.guests import end_logins, new_guest, open_login
from server.accounts.service import Visitor
from server.accounts.throttle import begin_try, forgive, invitation_limits
from server.accounts.tokens import digest, new_code, new_token, plain_code
from server.sessions import repository
from server.sessions.room.lobby import go_out, step_guest, void_invitations
from server.sessions.service import Answer, Sessions, authorise
from server.sessions.turn import Turn
from server.storage.engine import Database, Transaction
from server.storage.schema import Guest, Invitation, Person, Session, new_id
from server.web.principal import Principal
from signaling.errors import Conflict, NotFound, UserError
from signaling.events import EventType
from signaling.guest import GUEST, GuestEvent, GuestState
from signaling.rights import Action

VALID = timedelta(hours=2)
"""How long a link can be opened: the people are waiting for one another now."""
STAY = timedelta(hours=12)
MOST_GUESTS = 12
_LIKE_A_CODE = re.compile(r"[0-9 -]{8,12}")


class WrongInvitation(UserError):
    """Unknown, used, replaced or too old: the answer is the same."""

    code = "wrong_invitation"
    message = "这个邀请不正确、已用过或已过期，请联系调解员重新发送。"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom the mediator invites: somebody named already, or somebody new."""

    person: str | None
    name: str
    phone: str
    minor: bool
    guardian: str


@dataclass(frozen=True, slots=True)
class Made:
    """What the mediator hands on; the service keeps only hashes."""

    person: str
    name: str
    token: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What the page shows before the invitation is used."""

    name: str
    guardian: str
    mediator: str
    station: str
    station_phone: str


class Invitations:
    """Making, looking at, using."""

    def __init__(self, db: Database, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._sessions = sessions
        self._clock = clock

    async def invite(self, principal: Principal, session_id: str, wish: Wish) -> Made:
        """Make a link and a code; those made before for the same person are void."""
        token, code = new_token(), new_code()

        async def work(turn: Turn) -> Answer:
            session = await repository.lock_session(turn.db, session_id)
            if session is None:
                raise NotFound
            await authorise(turn.db, principal, Action.INVITE_GUEST, session)
            person = await _person(turn, session, wish)
            guest = await _guest(turn, session, person)
            await void_invitations(turn, guest)
            turn.db.add(_invitation(guest, principal, token, code, turn.now))
            turn.log(session, EventType.GUEST_INVITED, {"person": person.id})
            return {"person": person.id, "name": person.name, "until": turn.now + VALID}

        made = await self._sessions.transact(work, principal.account_id)
        return Made(made["person"], made["name"], token, code, made["until"])

    async def look(self, secret: str, address: str) -> Seen:
        """Tell whom an invitation is for; raises WrongInvitation, TooManyTries."""
        now = self._clock()
        async with self._slowed(secret, address, now), self._db.read() as db:
            return await _seen(db, *await _find(db, secret, now))

    async def use(self, secret: str, visitor: Visitor) -> str:
        """Use an invitation up; return the token of the guest's login."""

        async def work(turn: Turn) -> Answer:
            invitation, guest, session = await _find(turn.db, secret, turn.now)
            invitation.ended_at = turn.now
            step_guest(turn, guest, GuestEvent.ENTER)
            turn.log(session, EventType.GUEST_ENTERED, {"person": guest.person_id})
            stay = turn.now + STAY
            return {"token": await open_login(turn.db, guest.account_id, visitor, turn.now, stay)}

        async with self._slowed(secret, visitor.address, self._clock()):
            token: str = (await self._sessions.transact(work))["token"]
        return token

    @asynccontextmanager
    async def _slowed(self, secret: str, address: str, now: datetime) -> AsyncIterator[None]:
        """Count a short code that does not fit. Nobody guesses a link: it stays open to its owner
        whatever others type. Raises TooManyTries.
        """
        if not _LIKE_A_CODE.fullmatch(secret):
            yield
            return
        limits = invitation_limits(address)
        async with self._db.write() as db:
            await begin_try(db, limits, now)
        yield
        async with self._db.write() as db:
            await forgive(db, limits, now)


async def _person(turn: Turn, session: Session, wish: Wish) -> Person:
    if wish.person is not None:
        person = await repository.person_of(turn.db, session.id, wish.person)
        if person is None:
            raise NotFound
        person.here = False
        return person
    if not wish.name:
        raise UserError("name_needed", "请填写要邀请的人的姓名。")
    everybody = await repository.persons_of(turn.db, session.id)
    if len(everybody) >= MOST_GUESTS:
        raise Conflict("too_many_guests", f"一次会话最多 {MOST_GUESTS} 位当事人。")
    person = Person(
        id=new_id(),
        session_id=session.id,
        position=len(everybody),
        name=wish.name,
        phone=wish.phone,
        here=False,
        minor=wish.minor,
        guardian=wish.guardian,
    )
    turn.db.add(person)
    await turn.db.flush()
    return person


async def _guest(turn: Turn, session: Session, person: Person) -> Guest:
    """Return the person's guest as newly invited; a login they had ends with the older link."""
    guest = await repository.guest_of_person(turn.db, person.id)
    if guest is not None:
        if guest.state is GuestState.INSIDE:
            raise Conflict("inside_already", "这位当事人已经在房间里了。")
        step_guest(turn, guest, GuestEvent.INVITE)
        await end_logins(turn.db, guest.account_id)
        await go_out(turn, session, guest)
        return guest
    account = new_guest(session, person.name, person.phone, turn.now)
    turn.db.add(account)
    await turn.db.flush()
    guest = Guest(
        id=new_id(),
        session_id=session.id,
        person_id=person.id,
        account_id=account.id,
        state=GUEST.initial,
        since=turn.now,
    )
    turn.db.add(guest)
    await turn.db.flush()
    return guest


def _invitation(
    guest: Guest, principal: Principal, token: str, code: str, now: datetime
) -> Invitation:
    return Invitation(
        guest_id=guest.id,
        token_hash=digest(token),
        code_hash=digest(plain_code(code)),
        created_by=principal.account_id,
        created_at=now,
        expires_at=now + VALID,
    )


async def _find(db: Transaction, secret: str, now: datetime) -> tuple[Invitation, Guest, Session]:
    typed = plain_code(secret) if _LIKE_A_CODE.fullmatch(secret) else ""
    found = await repository.open_invitation(
        db, token_hash=digest(secret), code_hash=digest(typed) if typed else ""
    )
    if found is None or found.expires_at <= now:
        raise WrongInvitation
    guest = await db.get(Guest, found.guest_id)
    session = await repository.lock_session(db, guest.session_id) if guest else None
    if guest is None or session is None:
        raise WrongInvitation
    return found, guest, session


async def _seen(db: Transaction, _invitation: Invitation, guest: Guest, session: Session) -> Seen:
    person = await repository.person_of(db, session.id, guest.person_id)
    mediator: Any = (await repository.accounts_by_id(db, {session.mediator_id})).get(
        session.mediator_id
    )
    station = await repository.station_by_id(db, session.station_id)
    return Seen(
        name=person.name if person else "",
        guardian=person.guardian if person and person.minor else "",
        mediator=mediator.name if mediator else "",
        station=station.name if station else "",
        station_phone=station.phone if station else "",
    )
