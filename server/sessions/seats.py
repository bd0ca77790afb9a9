"""Places in the room: who gets which, who keeps theirs, and who moves up to a picture."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.sessions import repository
from server.sessions.turn import Turn, step_participant
from server.storage.schema import Participant, Session, new_id
from signaling.errors import Conflict
from signaling.participant import PARTICIPANT, PLACES, SEATS, ParticipantEvent, ParticipantState
from signaling.rights import Role
from signaling.session import IN_ROOM


def free_places(everybody: Iterable[Participant]) -> list[int]:
    """Return the places that can be taken, the best first; raise Conflict if there is none.

    First those with a picture; of them those that nobody has left, who may come back to theirs.
    """
    seated = list(everybody)
    taken = {one.place for one in seated if one.state is not ParticipantState.LEFT}
    left = {one.place for one in seated}
    free = sorted(set(range(SEATS)) - taken, key=lambda at: (at >= PLACES, at in left, at))
    if not free:
        raise Conflict("room_full", f"房间最多 {SEATS} 人，已经满了。")
    return free


@dataclass(frozen=True, slots=True)
class Sitter:
    """Who wants a place."""

    account_id: str
    role: Role
    name: str


async def take_seat(turn: Turn, session: Session, who: Sitter) -> Participant:
    """Give somebody a place, and store it at once; see ``sit_down``."""
    everybody = list(await repository.participants_of(turn.db, session.id))
    mine = sit_down(turn, session, everybody, who)
    await turn.db.flush()
    return mine


def sit_down(
    turn: Turn, session: Session, everybody: list[Participant], who: Sitter
) -> Participant:
    """Give somebody a place: the one they had, if nobody has taken it meanwhile, else a free one.

    Where six pictures are in the room already, it is one by sound alone. Who is new comes to
    ``everybody``. Raises Conflict.
    """
    mine = next((one for one in everybody if one.account_id == who.account_id), None)
    free = free_places(one for one in everybody if one is not mine)
    if mine is None:
        mine = Participant(
            id=new_id(),
            session_id=session.id,
            account_id=who.account_id,
            role=who.role,
            name=who.name,
            place=free[0],
            camera=free[0] < PLACES,
            state=PARTICIPANT.initial,
        )
        turn.db.add(mine)
        everybody.append(mine)
        return mine
    if step_participant(mine, ParticipantEvent.EXPECT):
        if mine.place not in free or mine.place >= PLACES:
            mine.place = free[0]
        mine.camera, mine.screen = mine.place < PLACES, False
    return mine


async def move_up(
    turn: Turn, session: Session, everybody: Sequence[Participant] | None = None
) -> None:
    """Give places with a picture that are free to those who have waited longest by sound alone.

    A lawyer comes first. Their pages connect anew, with the camera off until its owner switches it
    on. While a lawyer is waited for nobody moves: one of the places is that lawyer's.
    ``everybody``: its participants, where they have been read already.
    """
    if session.state not in IN_ROOM:
        return
    if everybody is None:
        await turn.db.flush()
        everybody = await repository.participants_of(turn.db, session.id)
    here = [one for one in everybody if one.state is not ParticipantState.LEFT]
    pictures = set(range(PLACES)) - {one.place for one in here}
    for one, place in zip(await _by_sound(turn, session, here), sorted(pictures), strict=False):
        # Nothing is shown from there yet: the camera is off, and stays so until its owner says.
        one.place, one.camera, one.screen = place, False, False
        session.seq += 1
        turn.touched.add(session.id)


async def _by_sound(turn: Turn, session: Session, here: Sequence[Participant]) -> list[Participant]:
    """Return who is here by sound alone: lawyers, then guests by when they were let in."""
    voices = [one for one in here if one.place >= PLACES]
    if not voices:
        return []
    guests = await repository.guests_of(turn.db, session.id)
    since = {one.account_id: one.since for one in guests}
    lawyers = [one for one in voices if one.account_id not in since]
    parties = [one for one in voices if one.account_id in since]
    return [*lawyers, *sorted(parties, key=lambda one: (since[one.account_id], one.place))]
