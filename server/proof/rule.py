"""What was promised against what is stored: findings. Pure.

A stretch that should be there and is neither stored nor explained by a gap is a finding; so is
anything stored while the talk was off record or not everybody had agreed. A gap with a cause is an
explanation; where the cause is a fault (not a person's choice) its length is told as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from recordings.model import GapCause, TrackKind
from server.proof.expected import Expected
from server.proof.spans import Span, both, longer_than, seconds, shrunk, union, without

EDGE_S = 3.0
"""The log and the recorder notice joins, losses and pauses this far apart at most."""
LEAST_LOST_S = 1.0
_FAULTS = frozenset(
    {GapCause.DISK, GapCause.RELAY_RESTART, GapCause.PACKET_LOSS, GapCause.UNSTEADY}
)


class ProofState(StrEnum):
    """How a session's recording stands."""

    WHOLE = "whole"
    GAPS = "gaps"  # something was lost, and the recording says why
    BROKEN = "broken"  # something is missing, changed or should not be there
    ERASED = "erased"  # destroyed by two people; its certificate is what is left


class FindingKind(StrEnum):
    """What can be found."""

    NOTHING_RECORDED = "nothing_recorded"
    MISSING = "missing"
    NO_PICTURE = "no_picture"
    LOST = "lost"
    OFF_RECORD = "off_record"
    WITHOUT_CONSENT = "without_consent"
    FILES = "files"
    UNREADABLE = "unreadable"
    ERASED_UNASKED = "erased_unasked"


_BREAKS = frozenset(FindingKind) - {FindingKind.NO_PICTURE, FindingKind.LOST}


@dataclass(frozen=True, slots=True)
class Stored:
    """A sealed segment or a gap (``cause``) of a track."""

    participant: str
    track: TrackKind
    span: Span
    cause: GapCause | None = None

    @property
    def key(self) -> tuple[str, TrackKind]:
        return self.participant, self.track


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; ``spans`` in unix seconds; ``where`` and ``what`` for files."""

    kind: FindingKind
    participant: str = ""
    track: TrackKind | None = None
    cause: GapCause | None = None
    spans: Sequence[Span] = ()
    where: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a track should be and is, in seconds."""

    participant: str
    track: TrackKind
    expected: float
    stored: float


@dataclass(frozen=True, slots=True)
class Proof:
    """The whole result of one session."""

    lengths: Sequence[Length] = ()
    findings: Sequence[Finding] = ()
    erased: bool = False

    @property
    def state(self) -> ProofState:
        """The worst of the findings says it."""
        if any(one.kind in _BREAKS for one in self.findings):
            return ProofState.BROKEN
        if self.erased:
            return ProofState.ERASED
        return ProofState.GAPS if self.findings else ProofState.WHOLE


def compare(promised: Expected, stored: Sequence[Stored]) -> Proof:
    """Return what does not agree."""
    segments = _by_track(one for one in stored if one.cause is None)
    if promised.is_recorded and not segments:
        return Proof(_lengths(promised, segments), [Finding(FindingKind.NOTHING_RECORDED)])
    findings: list[Finding] = []
    for key, spans in promised.tracks.items():
        gaps = [one for one in stored if one.key == key and one.cause is not None]
        findings += _track_findings(key, spans, segments.get(key, []), gaps)
    everything = [(key, spans) for key, spans in segments.items()]
    findings += _forbidden(FindingKind.OFF_RECORD, everything, promised.off_record)
    findings += _forbidden(FindingKind.WITHOUT_CONSENT, everything, promised.unagreed)
    return Proof(_lengths(promised, segments), findings)


def _track_findings(
    key: tuple[str, TrackKind], promised: Sequence[Span], there: Sequence[Span], gaps: list[Stored]
) -> Iterable[Finding]:
    open_spans = without(promised, there)
    if key[1] is TrackKind.CAMERA and not there and not gaps:
        # Nobody says in the log that there is no camera; a picture that was lost has a gap.
        if longer_than(open_spans, EDGE_S):
            yield Finding(FindingKind.NO_PICTURE, *key, spans=open_spans)
        return
    for cause in _FAULTS:
        lost = both(open_spans, union(one.span for one in gaps if one.cause is cause))
        if seconds(lost) > LEAST_LOST_S:
            yield Finding(FindingKind.LOST, *key, cause=cause, spans=lost)
    missing = longer_than(without(open_spans, union(one.span for one in gaps)), EDGE_S)
    if missing:
        yield Finding(FindingKind.MISSING, *key, spans=missing)


def _forbidden(
    kind: FindingKind,
    there: Iterable[tuple[tuple[str, TrackKind], Sequence[Span]]],
    forbidden: Sequence[Span],
) -> Iterable[Finding]:
    inside = shrunk(forbidden, EDGE_S)
    for key, spans in there:
        found = both(spans, inside)
        if found:
            yield Finding(kind, *key, spans=found)


def _by_track(stored: Iterable[Stored]) -> dict[tuple[str, TrackKind], list[Span]]:
    rows: dict[tuple[str, TrackKind], list[Span]] = {}
    for one in stored:
        rows.setdefault(one.key, []).append(one.span)
    return {key: union(spans) for key, spans in rows.items()}


def _lengths(
    promised: Expected, segments: Mapping[tuple[str, TrackKind], Sequence[Span]]
) -> list[Length]:
    keys = dict.fromkeys([*promised.tracks, *segments])
    return [
        Length(*key, seconds(promised.tracks.get(key, [])), seconds(segments.get(key, [])))
        for key in keys
    ]
