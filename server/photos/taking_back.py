"""A photo that was given by mistake: destroyed, or put away once everybody has seen it."""

from server.photos import repository, rule
from server.sessions import repository as sessions_repository
from server.sessions.service import Answer, authorise
from server.sessions.turn import Turn
from server.storage.schema import Participant, Photo, Session, is_destroyed
from server.web.principal import Principal
from signaling.errors import NotFound
from signaling.events import EventType
from signaling.rights import Action, Role


async def take_back(
    turn: Turn, principal: Principal, session_id: str, photo_id: str, words: str
) -> Answer:
    """Note that it is taken back; return ``{"files": [...]}``, those to be destroyed.

    Asked again it changes nothing and returns the same. Raises NotFound for what is none of
    theirs, PhotoShown, WordsWanted, and what ``authorise`` raises.
    """
    session = await sessions_repository.lock_session(turn.db, session_id)
    if session is None:
        raise NotFound
    await authorise(turn.db, principal, Action.TAKE_BACK_PHOTO, session)
    me = await sessions_repository.participant_of(turn.db, session_id, principal.account_id)
    photo = await repository.photo_by_id(turn.db, photo_id)
    if me is None or photo is None or not _is_theirs(photo, session, me):
        raise NotFound
    if photo.gone_at is None:
        _check(photo, me, words)
        photo.gone_at, photo.gone_by_id, photo.gone_words = turn.now, me.account_id, words
        put_away = photo.shown_at is not None
        event = EventType.PHOTO_PUT_AWAY if put_away else EventType.PHOTO_TAKEN_BACK
        turn.log(session, event, {"photo": photo.id, "reason": words}, me)
    return {"files": photo.files if is_destroyed(photo) else []}


def _is_theirs(photo: Photo, session: Session, me: Participant) -> bool:
    own = me.account_id == photo.giver_id or me.role is Role.MEDIATOR
    return own and photo.session_id == session.id


def _check(photo: Photo, me: Participant, words: str) -> None:
    if photo.shown_at is None:
        return
    if me.role is not Role.MEDIATOR:
        raise rule.PhotoShown
    if not words:
        raise rule.WordsWanted
