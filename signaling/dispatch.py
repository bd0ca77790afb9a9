"""Whom to ring, until when, and why: the stated policy (派单规则), as pure functions.

Who waits is served in the order of asking, less a ``head_start`` for those who need
help first. It is a fixed time, so nobody is overtaken for ever.

For the first in the queue, one step after the other:

1. *Preferred*: a lawyer named for this session (it was handed to them, or they dropped out of it)
   is rung alone.
2. *Single*: the best-placed free lawyer alone for ``each`` seconds, then the next, ``singles`` of
   them at most.
3. *Everyone*: all that are free, together, for ``together`` seconds.
4. *Backup* (后备): those who stand by, together; also when nobody on duty is free for
   ``backup_after`` seconds.
5. Nobody answers: the people choose to wait on, an appointment, a call-back, or 12348.

Best placed: has no appointment with others in a few minutes, no earlier role on one side, speaks
the language asked for, knows the kind of dispute, has no pile of unfinished records; among equals
who was served longest ago (fairness), then who has been free longest. Only a declared conflict of
interest (利益冲突) and having declined shut somebody out; everything else only decides the order,
so that nobody goes without a lawyer for a wish.

A lawyer in a talk may ask for a colleague, to join it (请同事一起) or to take it over (转接): one
they name, or whoever is free. Then the best-placed free lawyer is rung alone for ``colleague``
seconds, then the next, ``singles`` of them at most, those on standby only after all on duty; the
talk goes on.

A decision names every lawyer it looked at and why each was or was not rung.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

HEAD_START_S = 600.0
"""A need is worth this many seconds of waiting; risk of violence twice as many."""


class Need(StrEnum):
    """Why somebody is served first; the mediator says so in the request."""

    MINOR = "minor"  # 未成年人
    ELDERLY = "elderly"  # 老年人、残疾人
    VIOLENCE = "violence"  # 有人身危险或矛盾可能激化
    LIMITATION = "limitation"  # 时效或期限将至


class Stage(StrEnum):
    """Who is rung in a step."""

    PREFERRED = "preferred"
    SINGLE = "single"
    EVERYONE = "everyone"
    BACKUP = "backup"
    TRANSFER = "transfer"  # a lawyer hands the talk over to this one
    CALL_IN = "call_in"  # a lawyer calls this one in as a second


class Verdict(StrEnum):
    """What a step decided about one lawyer."""

    RUNG = "rung"
    LATER = "later"  # would do, but somebody is better placed
    RUNG_BEFORE = "rung_before"  # did not answer in this attempt
    DECLINED = "declined"
    CONFLICT = "conflict"  # declared an interest
    STANDBY = "standby"  # backup, whose turn has not come
    BEING_RUNG = "being_rung"  # for another session
    IN_CALL = "in_call"
    ABSENT = "absent"  # on duty, but no page of theirs is connected


class Note(StrEnum):
    """What puts a lawyer further back in the order."""

    BOOKED = "booked"  # has an appointment with others in a few minutes
    EARLIER_ROLE = "earlier_role"  # advised one side alone before, or stepped aside for it
    LANGUAGE = "language"
    MATTER = "matter"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Rule:
    """The policy's numbers, in seconds (``singles``, ``unfinished``: how many)."""

    each: float = 15.0
    colleague: float = 25.0
    together: float = 30.0
    patience: float = 120.0
    singles: int = 3
    backup_after: float = 20.0
    unfinished: int = 3


@dataclass(frozen=True, slots=True)
class Lawyer:
    """Somebody on duty as the policy sees them, for one session. Moments are Unix seconds.

    ``since``: free since; ``served``: took the last call (None: never); ``conflict``: declared an
    interest in a party; ``earlier``: an earlier role towards one side; ``booked``: an appointment
    with others is about to begin; ``unfinished``: records still to be completed; ``matters``: kinds
    of dispute they are for, empty means all; ``languages``: spoken beside Mandarin.
    """

    id: str
    since: float
    served: float | None = None
    present: bool = True
    in_call: bool = False
    being_rung: bool = False
    standby: bool = False
    conflict: bool = False
    earlier: bool = False
    booked: bool = False
    unfinished: int = 0
    matters: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A session in the queue and its ringing so far, in this attempt.

    ``attempt_at``: when this attempt began (the request, or 'keep waiting'); ``matters``: its kind
    of dispute and the kinds above it; ``prefers``: the lawyer to be rung first.
    """

    attempt_at: float
    rung: Collection[str] = ()
    declined: Collection[str] = ()
    done: Collection[Stage] = ()
    matters: Collection[str] = ()
    language: str = ""
    prefers: str | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring these, until then."""

    lawyers: tuple[str, ...]
    until: float
    stage: Stage = Stage.SINGLE


@dataclass(frozen=True, slots=True)
class Wait:
    """Nobody can be rung now; look again when something changes, at the latest then."""

    until: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody answers: ask the people."""


Step = Ring | Wait | GiveUp


@dataclass(frozen=True, slots=True)
class Considered:
    """One lawyer's part in a decision."""

    lawyer: str
    verdict: Verdict
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A step and everybody who was considered for it, the best placed first."""

    step: Step
    considered: tuple[Considered, ...]


def head_start(needs: Iterable[Need]) -> float:
    """Return by how many seconds these needs move somebody forward in the queue."""
    found = set(needs)
    if Need.VIOLENCE in found:
        return 2 * HEAD_START_S
    return HEAD_START_S if found else 0.0


def decide(rule: Rule, waiting: Waiting, lawyers: Sequence[Lawyer], now: float) -> Decision:
    """Tell what to do next for a session whose last ring, if any, has ended, and why."""
    notes = {one.id: _notes(rule, waiting, one) for one in lawyers}
    ranked = sorted(lawyers, key=lambda one: _rank(one, notes[one.id]))
    able = [one for one in ranked if _hindrance(waiting, one) is None]
    return _explained(waiting, _step(rule, waiting, able, now), ranked, notes)


def _explained(
    waiting: Waiting,
    step: Step,
    ranked: Sequence[Lawyer],
    notes: Mapping[str, tuple[Note, ...]],
) -> Decision:
    rung = frozenset(step.lawyers if isinstance(step, Ring) else ())
    return Decision(
        step,
        tuple(Considered(one.id, _verdict(waiting, one, rung), notes[one.id]) for one in ranked),
    )


def decide_colleague(
    rule: Rule, waiting: Waiting, lawyers: Sequence[Lawyer], stage: Stage, now: float
) -> Decision:
    """Tell which colleague to ring beside a talk, and why; GiveUp: nobody (more) is to be had.

    ``stage``: TRANSFER or CALL_IN; ``waiting``: the session, with what was rung for this asking.
    """
    notes = {one.id: _notes(rule, waiting, one) for one in lawyers}
    ranked = sorted(lawyers, key=lambda one: (one.standby, *_rank(one, notes[one.id])))
    able = [
        one for one in ranked if one.id not in waiting.rung and _hindrance(waiting, one) is None
    ]
    ring = bool(able) and len(waiting.rung) < rule.singles
    step = Ring((able[0].id,), now + rule.colleague, stage) if ring else GiveUp()
    return _explained(waiting, step, ranked, notes)


def _step(rule: Rule, waiting: Waiting, able: Sequence[Lawyer], now: float) -> Step:
    on_duty = [one for one in able if not one.standby]
    standby = [one for one in able if one.standby]
    unrung = [one for one in able if one.id not in waiting.rung]
    if named := [one for one in unrung if one.id == waiting.prefers]:
        return Ring((named[0].id,), now + rule.each, Stage.PREFERRED)
    if Stage.EVERYONE not in waiting.done:
        singles = [one for one in unrung if not one.standby]
        if singles and len(waiting.rung) < rule.singles:
            return Ring((singles[0].id,), now + rule.each)
        if on_duty:
            return Ring(_ids(on_duty), now + rule.together, Stage.EVERYONE)
    return _after_all(rule, waiting, standby, now)


def _after_all(rule: Rule, waiting: Waiting, standby: Sequence[Lawyer], now: float) -> Step:
    """Everybody on duty was rung, or nobody on duty can be."""
    was_rung = Stage.EVERYONE in waiting.done
    backup_at = now if was_rung else waiting.attempt_at + rule.backup_after
    deadline = waiting.attempt_at + rule.patience
    if standby and Stage.BACKUP not in waiting.done:
        if now >= min(backup_at, deadline):
            return Ring(_ids(standby), now + rule.together, Stage.BACKUP)
        return Wait(min(backup_at, deadline))
    if was_rung or now >= deadline:
        return GiveUp()
    return Wait(deadline)


def _ids(lawyers: Iterable[Lawyer]) -> tuple[str, ...]:
    return tuple(one.id for one in lawyers)


def _hindrance(waiting: Waiting, lawyer: Lawyer) -> Verdict | None:
    """Return why this lawyer cannot be rung for this session now, or None."""
    if lawyer.conflict:
        return Verdict.CONFLICT
    if lawyer.id in waiting.declined:
        return Verdict.DECLINED
    if not lawyer.present:
        return Verdict.ABSENT
    if lawyer.in_call:
        return Verdict.IN_CALL
    return Verdict.BEING_RUNG if lawyer.being_rung else None


def _verdict(waiting: Waiting, lawyer: Lawyer, rung: Collection[str]) -> Verdict:
    if lawyer.id in rung:
        return Verdict.RUNG
    if hindrance := _hindrance(waiting, lawyer):
        return hindrance
    if lawyer.id in waiting.rung:
        return Verdict.RUNG_BEFORE
    return Verdict.STANDBY if lawyer.standby else Verdict.LATER


def _notes(rule: Rule, waiting: Waiting, lawyer: Lawyer) -> tuple[Note, ...]:
    """Return what counts against somebody, the weightiest first."""
    against = (
        (Note.BOOKED, lawyer.booked),
        (Note.EARLIER_ROLE, lawyer.earlier),
        (Note.LANGUAGE, bool(waiting.language) and waiting.language not in lawyer.languages),
        (Note.MATTER, bool(lawyer.matters) and lawyer.matters.isdisjoint(waiting.matters)),
        (Note.UNFINISHED, lawyer.unfinished >= rule.unfinished),
    )
    return tuple(note for note, holds in against if holds)


_NOTES = tuple(Note)
_NOTHING = (False,) * len(_NOTES)


def _rank(lawyer: Lawyer, notes: Collection[Note]) -> tuple[object, ...]:
    served = float("-inf") if lawyer.served is None else lawyer.served
    against = tuple(note in notes for note in _NOTES) if notes else _NOTHING
    return (*against, served, lawyer.since, lawyer.id)
