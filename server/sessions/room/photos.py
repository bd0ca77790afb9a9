"""Photos of evidence in the room: who may see which, and how they are shown there.

A photo is for the mediator and the lawyers until the mediator shows it to all: it may be given in a
talk apart (背对背), or by somebody whom another must not meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.sessions import repository
from server.sessions.dividing import JOINT, allowed_inside, circle_of
from server.storage.engine import Transaction
from server.storage.schema import Participant, Photo, Session, is_destroyed
from signaling.errors import Conflict
from signaling.moments import maybe_milliseconds
from signaling.rights import Role


@dataclass(frozen=True, slots=True)
class EarlierPhoto:
    """A photo of an earlier day; ``name`` of who gave it, ``mine``: it was this person.

    ``shown``: it is shown to all today.
    """

    photo: Photo
    name: str
    mine: bool
    shown: bool


def seen_since(photo: Photo, me: Participant) -> datetime | None:
    """Return since when somebody in the session may see a photo given in it; None: they may not."""
    if photo.gone_at is not None and (is_destroyed(photo) or me.role is not Role.MEDIATOR):
        return None
    if me.account_id == photo.giver_id or me.role is Role.MEDIATOR:
        return photo.at
    if me.role is Role.LAWYER and (photo.caucus_id is None or me.id in photo.audience):
        return photo.at
    return photo.shown_at


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


def photos_view(
    photos: Sequence[Photo],
    earlier: Sequence[EarlierPhoto],
    mine: Participant | None,
    known: Sequence[Participant],
) -> list[dict[str, Any]]:
    """Return what one may see, oldest first; a party learns names of those their page knows."""
    if mine is None:
        return []
    names = {one.account_id: one.name for one in known}
    return [_earlier(one, mine, names) for one in earlier] + [
        _photo(one, names, mine.account_id) for one in photos if seen_since(one, mine)
    ]


def _earlier(one: EarlierPhoto, mine: Participant, names: Mapping[str, str]) -> dict[str, Any]:
    name = names.get(one.photo.giver_id, "") if mine.role is Role.PARTY else one.name
    about = {"name": name, "me": one.mine, "shown": one.shown, "earlier": True}
    return _photo(one.photo, names, mine.account_id) | about


def _photo(photo: Photo, names: Mapping[str, str], me: str) -> dict[str, Any]:
    return {
        "id": photo.id,
        "at": maybe_milliseconds(photo.at),
        "earlier": False,
        "name": names.get(photo.giver_id, ""),
        "me": photo.giver_id == me,
        "caption": photo.caption,
        "shown": photo.shown_at is not None and photo.gone_at is None,
        "away": photo.gone_at is not None,
        "aside": photo.caucus_id is not None,
        "place": photo.place_kept,
        "width": photo.width,
        "height": photo.height,
    }
