"""Who may do what with a session that is over, and the answer to who may not."""

from server.storage.schema import Session
from server.web.principal import Principal
from signaling.errors import Conflict, NotAllowed
from signaling.rights import Action, Scope, may


class NotOverYet(Conflict):
    """A recording is watched when the talk is over."""

    code = "not_over_yet"
    message = "会话还没有结束，结束后才能观看录像。"


def is_allowed(principal: Principal, action: Action, session: Session) -> bool:
    """Nobody reviews as a party to the talk: only rights over any session count here."""
    return may(principal.role, action, frozenset[Scope](), session.state)


def authorise(principal: Principal, action: Action, session: Session) -> None:
    """Raise NotOverYet where only the time is wrong, else NotAllowed."""
    if is_allowed(principal, action, session):
        return
    if any(may(principal.role, action, frozenset[Scope](), state) for state in type(session.state)):
        raise NotOverYet
    raise NotAllowed
