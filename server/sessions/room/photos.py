"""Photos of evidence in the room: who may see which, and showing one to everybody.

A photo is for the mediator and the lawyers until the mediator shows it to all: it may be given in a
talk apart (背对背), or by somebody whom another must not meet.
"""

from collections.abc import Sequence
from typing import Any

from server.sessions import repository
from server.sessions.dividing import JOINT, allowed_inside, circle_of
from server.sessions.service import Answer, Call
from server.storage.engine import Transaction
from server.storage.schema import Participant, Photo, Session
from signaling.caucus import APART
from signaling.commands import ShowPhoto
from signaling.errors import Conflict, NotFound
from signaling.events import EventType
from signaling.moments import maybe_milliseconds
from signaling.rights import Role


def may_see(photo: Photo, me: Participant) -> bool:
    """Tell whether somebody who is in the session may see a photo that was given in it."""
    if me.account_id == photo.giver_id or me.role is Role.MEDIATOR or photo.shown_at is not None:
        return True
    return me.role is Role.LAWYER and (photo.caucus_id is None or me.id in photo.audience)


async def apart_of(
    db: Transaction, session: Session, giver: Participant
) -> tuple[str | None, list[str]]:
    """Return the talk apart during which somebody gives a photo, and which lawyers are with them.

    Raises Conflict when they are not in the room.
    """
    caucus = await repository.open_caucus(db, session.id)
    allowed = await allowed_inside(db, session)
    circles = {one.id: circle_of(one, session, caucus) for one in allowed}
    mine = circles.get(giver.id)
    if mine is None:
        raise Conflict
    beside = [one.participant for one in allowed if circles[one.id] == mine]
    lawyers = [one.id for one in beside if one.role is Role.LAWYER]
    return (None if mine == JOINT or caucus is None else caucus.id), lawyers


async def show_photo(call: Call) -> Answer:
    """Show everybody a photo; what was given apart waits until all are together again."""
    body: ShowPhoto = call.body
    turn, session = call.turn, call.about
    photo = await turn.db.get(Photo, body.photo)
    if photo is None or photo.session_id != session.id:
        raise NotFound
    caucus = await repository.open_caucus(turn.db, session.id)
    if caucus is not None and caucus.state in APART:
        raise Conflict("aside_now", "正在单独谈，谈完以后才能给大家看。")
    if photo.shown_at is None:
        photo.shown_at = turn.now
        turn.log(session, EventType.PHOTO_SHOWN, {"photo": photo.id})
    return {}


def photos_view(
    photos: Sequence[Photo], mine: Participant | None, known: Sequence[Participant]
) -> list[dict[str, Any]]:
    """Return what one may see, oldest first; names only of those this page knows of."""
    if mine is None:
        return []
    names = {one.account_id: one.name for one in known}
    return [_photo(one, mine, names) for one in photos if may_see(one, mine)]


def _photo(photo: Photo, mine: Participant, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": photo.id,
        "at": maybe_milliseconds(photo.at),
        "name": names.get(photo.giver_id, ""),
        "me": photo.giver_id == mine.account_id,
        "caption": photo.caption,
        "shown": photo.shown_at is not None,
        "aside": photo.caucus_id is not None,
        "place": photo.place_kept,
        "width": photo.width,
        "height": photo.height,
    }
