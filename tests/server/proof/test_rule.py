"""Promise against store, without files and rows: what is found and what is no finding."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.model import GapCause, TrackKind
from server.proof.expected import Agreement, Entry, Expected, expected
from server.proof.rule import FindingKind, ProofState, Stored, compare
from server.proof.spans import Span, both, seconds, union, without
from signaling.events import EventType as E

MIC, CAM = TrackKind.MICROPHONE, TrackKind.CAMERA
AGREED = [Agreement(0, "party", True), Agreement(0, "mediator", True), Agreement(5, "lawyer", True)]
MEDIATOR, LAWYER = "m", "l"


def entry(at: float, kind: E, who: str | None = None, **body: object) -> Entry:
    return Entry(at, kind, who, body)


def talk(*more: Entry, end: float = 110) -> list[Entry]:
    """Both joined at 8 and 9, live at 10, hung up at the end."""
    log = [
        entry(8, E.PARTICIPANT_JOINED, MEDIATOR),
        entry(9, E.PARTICIPANT_JOINED, LAWYER),
        entry(10, E.SESSION_LIVE),
        entry(end, E.PARTICIPANT_LEFT, MEDIATOR),
        entry(end, E.PARTICIPANT_LEFT, LAWYER),
        entry(end, E.SESSION_HUNG_UP),
    ]
    return sorted([*log, *more], key=lambda one: one.at)


def promise(log: Iterable[Entry], agreements: Iterable[Agreement] = AGREED) -> Expected:
    return expected(list(log), agreements, [MEDIATOR, LAWYER])


def stored(*spans: Span, who: str = MEDIATOR, track: TrackKind = MIC) -> list[Stored]:
    return [Stored(who, track, span) for span in spans]


def gap(start: float, end: float, cause: GapCause, who: str = MEDIATOR) -> Stored:
    return Stored(who, MIC, (start, end), cause)


def whole(*, but: tuple[str, TrackKind] | None = None) -> list[Stored]:
    """Everything from 9 to 110 of both."""
    keys = [(who, track) for who in (MEDIATOR, LAWYER) for track in (MIC, CAM)]
    return [Stored(*key, (9.0, 110.0)) for key in keys if key != but]


def kinds(
    log: Iterable[Entry], there: list[Stored], agreements: Iterable[Agreement] = AGREED
) -> list[FindingKind]:
    return [one.kind for one in compare(promise(log, agreements), there).findings]


def test_a_whole_talk() -> None:
    proof = compare(promise(talk()), whole())
    assert proof.state is ProofState.WHOLE
    (length,) = [one for one in proof.lengths if (one.participant, one.track) == (LAWYER, MIC)]
    assert (length.expected, length.stored) == (100, 101)


def test_nothing_at_all() -> None:
    assert kinds(talk(), []) == [FindingKind.NOTHING_RECORDED]


def test_a_hole_without_a_cause_is_named() -> None:
    there = whole(but=(MEDIATOR, MIC)) + stored((9, 40), (60, 110))
    proof = compare(promise(talk()), there)
    (one,) = proof.findings
    assert (one.kind, one.participant, one.track) == (FindingKind.MISSING, MEDIATOR, MIC)
    assert one.spans == [(40, 60)]
    assert proof.state is ProofState.BROKEN


@pytest.mark.parametrize(
    ("cause", "found"),
    [
        (GapCause.DISK, [FindingKind.LOST]),
        (GapCause.RELAY_RESTART, [FindingKind.LOST]),
        (GapCause.PACKET_LOSS, [FindingKind.LOST]),
        (GapCause.UNSTEADY, [FindingKind.LOST]),
        (GapCause.RECONNECT, []),
        (GapCause.MUTED, []),
    ],
)
def test_a_hole_with_a_cause_is_explained(cause: GapCause, found: list[FindingKind]) -> None:
    there = whole(but=(MEDIATOR, MIC)) + stored((9, 40), (60, 110)) + [gap(40, 60, cause)]
    assert kinds(talk(), there) == found
    state = compare(promise(talk()), there).state
    assert state is (ProofState.GAPS if found else ProofState.WHOLE)


def test_a_gap_that_is_shorter_than_the_hole_explains_only_its_own() -> None:
    there = whole(but=(MEDIATOR, MIC)) + stored((9, 40), (60, 110)) + [gap(40, 50, GapCause.DISK)]
    assert kinds(talk(), there) == [FindingKind.LOST, FindingKind.MISSING]


def test_edges_are_no_findings() -> None:
    there = whole(but=(MEDIATOR, MIC)) + stored((12.5, 40), (42.5, 107.5))
    assert kinds(talk(), there) == []


def test_a_voice_that_is_not_there_at_all_is_missing_and_a_picture_is_told() -> None:
    assert kinds(talk(), whole(but=(LAWYER, MIC))) == [FindingKind.MISSING]
    assert kinds(talk(), whole(but=(LAWYER, CAM))) == [FindingKind.NO_PICTURE]


def test_a_camera_that_is_off_is_not_expected() -> None:
    off = entry(40, E.PARTICIPANT_SHOWED, LAWYER, microphone=True, camera=False, screen=False)
    there = whole(but=(LAWYER, CAM)) + stored((9, 40), who=LAWYER, track=CAM)
    assert kinds(talk(off), there) == []
    assert kinds(talk(), there) == [FindingKind.MISSING]


def test_who_is_away_is_not_expected() -> None:
    log = talk(entry(30, E.PARTICIPANT_LOST, LAWYER), entry(80, E.PARTICIPANT_RETURNED, LAWYER))
    there = [one for one in whole() if one.participant == MEDIATOR]
    for track in (MIC, CAM):
        there += stored((9, 30), (80, 110), who=LAWYER, track=track)
    assert kinds(log, there) == []


@pytest.mark.parametrize(
    ("pause", "resume"),
    [(E.SESSION_PAUSED, E.SESSION_RESUMED), (E.RECORDING_PAUSED, E.RECORDING_RESUMED)],
)
def test_a_break_is_not_expected_and_must_not_be_there(pause: E, resume: E) -> None:
    log = talk(entry(40, pause), entry(60, resume))
    parts = [
        one
        for who in (MEDIATOR, LAWYER)
        for track in (MIC, CAM)
        for one in stored((9, 40.5), (60.2, 110), who=who, track=track)
    ]
    assert kinds(log, parts) == []
    found = compare(promise(log), whole()).findings
    assert {one.kind for one in found} == {FindingKind.OFF_RECORD}
    assert {tuple(one.spans) for one in found} == {((43, 57),)}


def test_a_pause_into_which_somebody_hangs_up_ends_with_it() -> None:
    log = talk(entry(40, E.SESSION_PAUSED))
    parts = [
        one
        for who in (MEDIATOR, LAWYER)
        for track in (MIC, CAM)
        for one in stored((9, 40), who=who, track=track)
    ]
    assert kinds(log, parts) == []


def test_a_refusal_means_that_nothing_may_be_there() -> None:
    refused = [*AGREED[:2], Agreement(5, "lawyer", False)]
    assert kinds(talk(), [], refused) == []
    assert set(kinds(talk(), whole(), refused)) == {FindingKind.WITHOUT_CONSENT}
    assert set(kinds(talk(), whole(), [])) == {FindingKind.WITHOUT_CONSENT}  # nobody was asked


def test_consent_withdrawn_in_the_middle_ends_what_is_expected() -> None:
    withdrawn = [*AGREED, Agreement(50, "party", False)]
    parts = [
        one
        for who in (MEDIATOR, LAWYER)
        for track in (MIC, CAM)
        for one in stored((9, 50.4), who=who, track=track)
    ]
    assert kinds(talk(), parts, withdrawn) == []
    assert set(kinds(talk(), whole(), withdrawn)) == {FindingKind.WITHOUT_CONSENT}


@pytest.mark.parametrize(
    ("answers", "inside", "forbidden"),
    [
        ([(30, False)], [], []),  # refused in the lobby, and stayed there
        ([(30, False)], [(50, 70)], [(50, 70)]),
        ([], [(50, 70)], [(50, 70)]),  # was let in without being asked
        ([(30, True)], [(50, 70)], []),
        ([(30, True), (60, False)], [(50, 70)], [(60, 70)]),
        ([(30, True), (60, False)], [(50, 58)], []),  # changed their mind outside
        ([(30, False), (60, True)], [(20, 40), (50, 70)], [(20, 40), (50, 60)]),
        ([(30, True), (30, False)], [(50, 70)], [(50, 70)]),
    ],
)
def test_who_comes_and_goes_counts_while_they_are_there(
    answers: list[tuple[float, bool]], inside: list[Span], forbidden: list[Span]
) -> None:
    agreements = [*AGREED, *(Agreement(at, "guest", given) for at, given in answers)]
    promised = expected(talk(), agreements, [MEDIATOR, LAWYER], {"guest": inside})
    assert without([(5, 200)], promised.unagreed) == without([(5, 200)], forbidden)
    assert promised.tracks[MEDIATOR, MIC] == without([(10, 110)], forbidden)


def test_a_talk_that_never_went_live_promises_nothing() -> None:
    log = [entry(8, E.PARTICIPANT_JOINED, MEDIATOR), entry(60, E.SESSION_CANCELLED)]
    assert not promise(log).is_recorded


times = st.floats(0, 100, allow_nan=False)
rows = st.lists(st.tuples(times, times).map(lambda pair: (min(pair), max(pair))), max_size=6)


@given(rows, rows)
def test_spans_are_sets_of_time(one: list[Span], other: list[Span]) -> None:
    a, b = union(one), union(other)
    assert seconds(both(a, b)) + seconds(without(a, b)) == pytest.approx(seconds(a))
    assert seconds(union([*a, *b])) == pytest.approx(seconds(b) + seconds(without(a, b)))
    assert both(without(a, b), b) == []
