"""What should have been recorded, from the session's log and consents. Pure.

The log says when the talk was live, when it paused, who was connected and what they showed; the
consents say from when to when everybody had agreed. All times are unix seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from recordings.model import TrackKind
from server.proof.spans import Span, both, union, without
from signaling.events import EventType

E = EventType
FOREVER = float("inf")
_NO_VISITS: Mapping[str, Sequence[Span]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the session's log."""

    at: float
    type: EventType
    participant: str | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Somebody agreed to being recorded, or refused. ``who``: the id of a person or account."""

    at: float
    who: str
    given: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """When there should be what.

    ``tracks``: participant and kind → spans that must be there or be explained. ``off_record``:
    breaks of the talk. ``unagreed``: spans in which not everybody had agreed.
    """

    tracks: Mapping[tuple[str, TrackKind], list[Span]]
    off_record: list[Span]
    unagreed: list[Span]

    @property
    def is_recorded(self) -> bool:
        """Whether anything should be there at all."""
        return any(self.tracks.values())


def expected(
    log: Sequence[Entry],
    agreements: Iterable[Agreement],
    participants: Iterable[str],
    visits: Mapping[str, Sequence[Span]] = _NO_VISITS,
) -> Expected:
    """Return what the log and the consents promise of a talk that is over.

    ``visits``: when those were in the room who came and went, by the id that agreements name.
    """
    past = [(-FOREVER, max((one.at for one in log), default=0.0))]
    talk = both(_on(log, {E.SESSION_LIVE: True, **dict.fromkeys(_ENDS, False)}), past)
    paused = union([*_on(log, _PAUSED), *_on(log, _RECORDING_PAUSED)])
    agreed = _agreed(list(agreements), visits)
    on_record = both(without(talk, paused), agreed)
    tracks = {
        (who, kind): both(both(on_record, _on(_of(log, who), _PRESENT)), _shown(log, who, kind))
        for who in participants
        for kind in (TrackKind.MICROPHONE, TrackKind.CAMERA)
    }
    whole = [(-FOREVER, FOREVER)]
    return Expected(tracks, both(talk, paused), without(whole, agreed))


_ENDS = (E.SESSION_HUNG_UP, E.SESSION_CLOSED, E.SESSION_FAILED, E.SESSION_CANCELLED)
_PAUSED = {E.SESSION_PAUSED: True, E.SESSION_RESUMED: False, **dict.fromkeys(_ENDS, False)}
_RECORDING_PAUSED = {
    E.RECORDING_PAUSED: True,
    E.RECORDING_RESUMED: False,
    **dict.fromkeys(_ENDS, False),
}
_PRESENT = {
    E.PARTICIPANT_JOINED: True,
    E.PARTICIPANT_RETURNED: True,
    E.PARTICIPANT_LOST: False,
    E.PARTICIPANT_LEFT: False,
    **dict.fromkeys(_ENDS, False),
}


def _of(log: Sequence[Entry], participant: str) -> list[Entry]:
    return [one for one in log if one.participant in {None, participant}]


def _on(log: Sequence[Entry], switch: Mapping[EventType, bool]) -> list[Span]:
    """Return the spans from an event that switches on to the next that switches off."""
    return spans_of((one.at, switch[one.type]) for one in log if one.type in switch)


def _shown(log: Sequence[Entry], participant: str, kind: TrackKind) -> list[Span]:
    """Return when the participant's page sent this kind: from the start, unless it said not."""
    told = (
        (one.at, bool(one.body.get(kind.value, True)))
        for one in log
        if one.type is E.PARTICIPANT_SHOWED and one.participant == participant
    )
    return spans_of(told, is_on=True)


def _agreed(agreements: Sequence[Agreement], visits: Mapping[str, Sequence[Span]]) -> list[Span]:
    """Return when everybody in the room had agreed.

    Who comes and goes has to have agreed while they are there, and may refuse while they are not.
    Of two answers of one moment the no counts.
    """
    in_order = sorted(agreements, key=lambda one: (one.at, not one.given))
    asked = [(one.at, FOREVER) for one in in_order[:1]]
    against: list[Span] = []
    for who in {one.who for one in in_order} | visits.keys():
        answers = [one for one in in_order if one.who == who]
        if who in visits:
            agreed = spans_of((one.at, one.given) for one in answers)
            against += without(visits[who], agreed)
        else:
            against += spans_of((one.at, not one.given) for one in answers)
    return without(asked, against)


def spans_of(changes: Iterable[tuple[float, bool]], *, is_on: bool = False) -> list[Span]:
    """Return when something was on, from the moments at which it was switched, in order."""
    begun = -FOREVER if is_on else None
    found: list[Span] = []
    for at, on in changes:
        if on and begun is None:
            begun = at
        elif not on and begun is not None:
            found.append((begun, at))
            begun = None
    if begun is not None:
        found.append((begun, FOREVER))
    return union(found)
