"""Photos of earlier days (前几次的照片) in a session that goes on with another.

Each is for those who could see it on its day: the mediator who had it, a lawyer and a party who
were in the room when it was there to be seen. Whoever is new sees one when the mediator shows it
again, which is noted in the session of that day; what was signed is left as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.retention.repository import is_erased
from server.sessions import repository
from server.sessions.room.photos import EarlierPhoto, seen_since
from server.storage.engine import Transaction
from server.storage.schema import Participant, Photo
from signaling.rights import Role

_MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class _Day:
    """A session of the file, as one person was in it: ``until`` when; None: they are there now."""

    mine: Participant
    until: datetime | None
    photos: Sequence[Photo]
    again: Mapping[str, datetime]

    def seen(self) -> Iterator[str]:
        """Give the ids of what they could see."""
        for photo in self.photos:
            if self._reached(seen_since(photo, self.mine)):
                yield photo.id
        yield from (photo for photo, at in self.again.items() if self._reached(at))

    def _reached(self, since: datetime | None) -> bool:
        return since is not None and (self.until is None or since <= self.until)


async def earlier_photos(db: Transaction, session_id: str, account_id: str) -> list[EarlierPhoto]:
    """Return the photos of earlier days that somebody in this session may see, oldest first."""
    before = await _before(db, session_id)
    if not before:
        return []
    ids = [session_id, *before]
    accounts = await _accounts(db, ids, account_id)
    given = {one: () if one == session_id else await _given(db, one) for one in ids}
    again = {one: await repository.shown_again(db, one) for one in ids}
    seen: set[str] = set()
    for one, account in zip(ids, accounts, strict=True):
        day = await _day(db, one, account, given[one], again[one], is_today=one == session_id)
        seen |= set(day.seen()) if day else set()
    names = {person.id: person.name for one in before for person in await _people(db, one)}
    found = [photo for one in reversed(before) for photo in given[one] if photo.id in seen]
    return [
        EarlierPhoto(
            photo,
            names.get(photo.participant_id, ""),
            photo.giver_id in accounts,
            photo.id in again[session_id],
        )
        for photo in found
    ]


async def _before(db: Transaction, session_id: str) -> list[str]:
    """Return the sessions that this one goes on with, newest first."""
    found: list[str] = []
    earlier = await repository.continued_by(db, session_id)
    while earlier is not None and len(found) < _MOST_DAYS:
        found.append(earlier)
        earlier = await repository.continued_by(db, earlier)
    return found


async def _accounts(db: Transaction, ids: Sequence[str], account_id: str) -> list[str | None]:
    """Return somebody's account in each of these sessions; None: not invited, or not known.

    Staff have one; a guest has another each time, and the same person is behind them.
    """
    guest = await repository.guest_of_account(db, account_id)
    if guest is None:
        return [account_id] * len(ids)
    person_id: str | None = guest.person_id
    found: list[str | None] = []
    for one in ids:
        person = await repository.person_of(db, one, person_id) if person_id else None
        guest = await repository.guest_of_person(db, person.id) if person else None
        found.append(guest.account_id if guest else None)
        person_id = person.was_id if person else None
    return found


async def _given(db: Transaction, session_id: str) -> Sequence[Photo]:
    return () if await is_erased(db, session_id) else await repository.photos_of(db, session_id)


async def _people(db: Transaction, session_id: str) -> Sequence[Participant]:
    return await repository.participants_of(db, session_id)


async def _day(
    db: Transaction,
    session_id: str,
    account_id: str | None,
    photos: Sequence[Photo],
    again: Mapping[str, datetime],
    *,
    is_today: bool,
) -> _Day | None:
    if account_id is None:
        return None
    mine = await repository.participant_of(db, session_id, account_id)
    if mine is None:
        return None
    until = None if is_today or mine.role is Role.MEDIATOR else await repository.left_at(db, mine)
    if until is None and not is_today and mine.role is not Role.MEDIATOR:
        return None
    return _Day(mine, until, photos, again)
