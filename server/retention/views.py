"""Retention as the pages show it."""

from typing import Any

from server.retention import repository
from server.retention.deletion import BEGUN, DeletionState
from server.retention.repository import Pending
from server.retention.rule import CLASSES, Term, expires
from server.storage.engine import Transaction
from server.storage.schema import Deletion, Hold, Session
from server.web.principal import Principal
from signaling.commands import SessionKind
from signaling.moments import maybe_milliseconds
from signaling.rights import Action, Scope, may

Json = dict[str, Any]
MOST = 100


async def table(db: Transaction) -> Json:
    """Return the page of retention."""
    terms, kinds = await repository.terms(db), await repository.kinds(db)
    counts = await repository.counted(db)
    return {
        "classes": [
            _term(term) | {"sessions": counts.get(code, 0)} for code, term in terms.items()
        ],
        "kinds": [{"kind": kind.value, "code": kinds.get(kind, "")} for kind in SessionKind],
        "unclassed": counts.get("", 0),
        "holds": [_pending_hold(one) for one in await repository.holds(db, MOST)],
        "deletions": [_pending_deletion(one) for one in await repository.deletions(db, MOST)],
    }


async def of_session(db: Transaction, session: Session, principal: Principal) -> Json:
    """Return how a session is kept; ``may``: what this person may do about it now."""
    terms, kinds = await repository.terms(db), await repository.kinds(db)
    choice = await repository.choice_of(db, session.id)
    hold = await repository.open_hold(db, session.id)
    deletion = await repository.open_deletion(db, session.id)
    code = choice.class_code if choice else kinds.get(session.kind, "")
    term = terms.get(code)
    people = [hold.placed_by_id] if hold else []
    people += [deletion.proposed_by_id, deletion.confirmed_by_id or ""] if deletion else []
    names = await repository.names(db, people)
    recorded = await repository.has_recording(db, session.id)
    return {
        "recorded": recorded,
        "own": choice.class_code if choice else "",
        "classes": [_term(one) for one in terms.values()],
        "class": _term(term) if term else None,
        "expires_at": maybe_milliseconds(expires(session.ended_at, term))
        if session.ended_at
        else None,
        "hold": _hold(hold, names.get(hold.placed_by_id, "")) if hold else None,
        "deletion": _deletion(
            deletion,
            names.get(deletion.proposed_by_id, ""),
            names.get(deletion.confirmed_by_id or "", ""),
        )
        if deletion
        else None,
        "may": sorted(_may(principal, session, hold, deletion)) if recorded else [],
    }


def _may(
    principal: Principal, session: Session, hold: Hold | None, deletion: Deletion | None
) -> set[str]:
    """Return the deeds that are this person's to do now; who confirms may be told why not."""

    def right(action: Action) -> bool:
        return may(principal.role, action, frozenset[Scope](), session.state)

    begun = deletion is not None and DeletionState(deletion.state) in BEGUN
    if begun:
        return set()
    proposed = deletion is not None and deletion.state == DeletionState.PROPOSED
    mine = deletion is not None and deletion.proposed_by_id == principal.account_id
    deeds = {
        "choose": right(Action.MANAGE_RETENTION),
        "hold": right(Action.HOLD_RECORDING) and hold is None,
        "release": right(Action.HOLD_RECORDING) and hold is not None,
        "propose": right(Action.PROPOSE_DELETION) and hold is None and deletion is None,
        "confirm": right(Action.CONFIRM_DELETION) and proposed and not mine and hold is None,
        "withdraw": right(Action.CONFIRM_DELETION) and deletion is not None,
    }
    return {deed for deed, allowed in deeds.items() if allowed}


def _term(term: Term) -> Json:
    return {
        "code": term.code,
        "name": CLASSES[term.code],
        "years": term.years,
        "permanent": term.permanent,
        "basis": term.basis,
        "is_set": term.is_set,
    }


def _hold(hold: Hold, name: str) -> Json:
    return {"reason": hold.reason, "at": maybe_milliseconds(hold.placed_at), "by": name}


def _deletion(deletion: Deletion, proposed_by: str, confirmed_by: str) -> Json:
    return {
        "state": deletion.state,
        "reason": deletion.reason,
        "proposed_at": maybe_milliseconds(deletion.proposed_at),
        "proposed_by": proposed_by,
        "confirmed_at": maybe_milliseconds(deletion.confirmed_at),
        "confirmed_by": confirmed_by,
        "erased_at": maybe_milliseconds(deletion.erased_at),
        "certificate": deletion.certificate,
    }


def _pending_hold(one: Pending) -> Json:
    return _hold(one.row, one.first) | {"session": one.row.session_id, "number": one.number}


def _pending_deletion(one: Pending) -> Json:
    told = _deletion(one.row, one.first, one.second or "")
    return told | {"session": one.row.session_id, "number": one.number}
