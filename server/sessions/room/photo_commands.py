"""Showing everybody a photo of evidence, one of today or of an earlier day."""

from server.sessions import repository
from server.sessions.room.earlier_photos import earlier_photos
from server.sessions.service import Answer, Call
from server.storage.schema import Photo, PhotoShown
from signaling.caucus import APART
from signaling.commands import ShowPhoto
from signaling.errors import Conflict, NotFound
from signaling.events import EventType


async def show_photo(call: Call) -> Answer:
    """Show everybody a photo; what was given apart waits until all are together again."""
    body: ShowPhoto = call.body
    turn, session = call.turn, call.about
    photo = await turn.db.get(Photo, body.photo)
    if photo is None or photo.gone_at is not None or not await _is_at_hand(call, photo):
        raise NotFound
    caucus = await repository.open_caucus(turn.db, session.id)
    if caucus is not None and caucus.state in APART:
        raise Conflict("aside_now", "正在单独谈，谈完以后才能给大家看。")
    if await _note(call, photo):
        turn.log(session, EventType.PHOTO_SHOWN, {"photo": photo.id})
    return {}


async def _is_at_hand(call: Call, photo: Photo) -> bool:
    if photo.session_id == call.about.id:
        return True
    earlier = await earlier_photos(call.turn.db, call.about.id, call.principal.account_id)
    return any(one.photo.id == photo.id for one in earlier)


async def _note(call: Call, photo: Photo) -> bool:
    """Tell whether it is shown for the first time today; an earlier day's row stays as it is."""
    turn, session = call.turn, call.about
    if photo.session_id == session.id:
        first = photo.shown_at is None
        photo.shown_at = photo.shown_at or turn.now
        return first
    if photo.id in await repository.shown_again(turn.db, session.id):
        return False
    turn.db.add(PhotoShown(session_id=session.id, photo_id=photo.id, at=turn.now))
    return True
