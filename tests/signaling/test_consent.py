"""Consent: who must have said yes, and what covers which second."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from signaling.consent import (
    STOPPING_S,
    Answer,
    Covered,
    Presence,
    Span,
    agreed,
    coverage,
    merged,
)

WHO = ("王", "李", "赵")
times = st.integers(0, 40).map(float)


def spans(least: int = 0) -> st.SearchStrategy[list[Span]]:
    one = st.tuples(times, st.integers(1, 10)).map(lambda t: Span(t[0], t[0] + t[1]))
    return st.lists(one, min_size=least, max_size=5)


answers = st.lists(
    st.builds(Answer, st.uuids().map(str), st.sampled_from(WHO), st.booleans(), times), max_size=8
)


def test_silence_is_no_consent_and_the_last_word_counts() -> None:
    yes, no = Answer("1", "王", True, 1.0), Answer("2", "王", False, 2.0)
    assert not agreed(["王"], [])
    assert agreed(["王"], [yes])
    assert not agreed(["王"], [yes, no])
    assert agreed(["王"], [no, Answer("3", "王", True, 3.0), yes])
    assert not agreed(["王", "李"], [yes])
    assert not agreed(["王"], [yes, Answer("4", "王", False, 1.0)]), "of one moment the no"


def test_a_span_is_cut_where_consent_begins_and_ends() -> None:
    said = [Answer("yes", "王", True, 10.0), Answer("no", "王", False, 20.0)]
    found = coverage([Span(5, 30)], [Presence("王", Span(0, 100))], said)
    assert found == [
        Covered("王", Span(5, 10), None),
        Covered("王", Span(10, 20 + STOPPING_S), said[0]),
        Covered("王", Span(20 + STOPPING_S, 30), None),
    ]


def test_who_was_not_there_needs_none() -> None:
    assert coverage([Span(0, 10)], [Presence("王", Span(10, 20))], []) == []


@given(spans(), spans(), answers)
def test_every_second_with_somebody_in_it_is_told_once(
    recorded: list[Span], present: list[Span], said: list[Answer]
) -> None:
    union, there = merged(recorded), merged(present)
    found = coverage(union, [Presence("王", span) for span in there], said)
    for half in (n + 0.5 for n in range(60)):
        inside = any(s.start <= half < s.end for s in union)
        inside = inside and any(s.start <= half < s.end for s in there)
        told = [one for one in found if one.span.start <= half < one.span.end]
        assert len(told) == inside
        for one in told:
            if one.answer is not None:
                assert one.answer.given
                assert one.answer.at <= half


@given(spans())
def test_a_union_has_no_overlaps_and_loses_nothing(some: list[Span]) -> None:
    union = merged(some)
    assert all(a.end < b.start for a, b in pairwise(union))
    for half in (n + 0.5 for n in range(60)):
        assert any(s.start <= half < s.end for s in some) == any(
            s.start <= half < s.end for s in union
        )
