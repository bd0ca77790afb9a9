"""The ringing rule: its sentences one by one, then properties of whole attempts."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.ringing import FreeLawyer, GiveUp, Ring, Rule, Step, Wait, Waiting, next_step

RULE = Rule(each=15, together=30, patience=120, singles=3)
NEW = Waiting(attempt_at=1000.0)
A, B, C, D = (
    FreeLawyer(name, since) for name, since in zip("abcd", range(100, 500, 100), strict=True)
)


def test_longest_free_first() -> None:
    assert next_step(RULE, NEW, [C, A, B], 1000) == Ring(("a",), 1015)


def test_equally_long_free_is_decided_by_id_not_by_chance() -> None:
    tied = [FreeLawyer("z", 100), FreeLawyer("y", 100)]
    assert next_step(RULE, NEW, tied, 1000) == Ring(("y",), 1015)


def test_then_the_next() -> None:
    rung = replace(NEW, rung={"a"})
    assert next_step(RULE, rung, [A, B, C], 1015) == Ring(("b",), 1030)


def test_all_together_once_everybody_was_rung_alone() -> None:
    rung = replace(NEW, rung={"a", "b"})
    assert next_step(RULE, rung, [B, A], 1030) == Ring(("a", "b"), 1060, everyone=True)


def test_all_together_after_three_even_if_there_are_more() -> None:
    rung = replace(NEW, rung={"a", "b", "c"})
    assert next_step(RULE, rung, [A, B, C, D], 1045) == Ring(
        ("a", "b", "c", "d"), 1075, everyone=True
    )


def test_then_nobody_answers() -> None:
    done = replace(NEW, rung={"a", "b"}, rang_all=True)
    assert next_step(RULE, done, [A, B], 1060) == GiveUp()


def test_who_declined_is_not_rung_again_not_even_together() -> None:
    waiting = replace(NEW, rung={"a", "b", "c"}, declined={"b"})
    assert next_step(RULE, waiting, [A, B, C], 1045) == Ring(("a", "c"), 1075, everyone=True)


@pytest.mark.parametrize(
    ("now", "step"),
    [(1000, Wait(1120)), (1119.9, Wait(1120)), (1120, GiveUp()), (5000, GiveUp())],
)
def test_with_nobody_free_people_wait_until_their_patience_ends(now: float, step: Step) -> None:
    assert next_step(RULE, NEW, [], now) == step


def test_if_all_who_are_free_declined_the_people_wait_for_others() -> None:
    waiting = replace(NEW, rung={"a"}, declined={"a"})
    assert next_step(RULE, waiting, [A], 1001) == Wait(1120)


# Whole attempts.


@dataclass
class Attempt:
    """What became of one attempt."""

    steps: list[tuple[float, Step, frozenset[str]]] = field(default_factory=list)
    declined: set[str] = field(default_factory=set)


Moments = st.lists(
    st.tuples(st.sets(st.integers(0, 6)), st.sets(st.integers(0, 6))), min_size=1, max_size=12
)
"""For each look: which of seven lawyers are free then, and which of those rung will decline."""


def play(rule: Rule, moments: list[tuple[set[int], set[int]]]) -> Attempt:
    """Run one attempt to its end; nobody ever answers."""
    attempt, waiting, now = Attempt(), NEW, NEW.attempt_at
    for look in range(100):
        free, declining = moments[look % len(moments)]
        lawyers = [FreeLawyer(str(who), 900.0 - who) for who in free]
        step = next_step(rule, waiting, lawyers, now)
        attempt.steps.append((now, step, frozenset(waiting.declined)))
        if isinstance(step, GiveUp):
            return attempt
        now = step.until
        if isinstance(step, Ring):
            attempt.declined |= {who for who in step.lawyers if int(who) in declining}
            waiting = replace(
                waiting,
                rung={*waiting.rung, *step.lawyers},
                declined=frozenset(attempt.declined),
                rang_all=waiting.rang_all or step.everyone,
            )
    raise AssertionError("it never gave up")


@given(Moments)
def test_every_attempt_ends(moments: list[tuple[set[int], set[int]]]) -> None:
    attempt = play(RULE, moments)
    ended = attempt.steps[-1][0] - NEW.attempt_at
    assert ended <= RULE.singles * RULE.each + RULE.together + RULE.patience


@given(Moments)
def test_only_free_lawyers_who_did_not_decline_are_rung(
    moments: list[tuple[set[int], set[int]]],
) -> None:
    for look, (_, step, declined) in enumerate(play(RULE, moments).steps):
        free = {str(who) for who in moments[look % len(moments)][0]}
        if isinstance(step, Ring):
            assert set(step.lawyers) <= free - declined
            assert len(set(step.lawyers)) == len(step.lawyers) > 0


@given(Moments)
def test_alone_at_most_three_then_together_once(
    moments: list[tuple[set[int], set[int]]],
) -> None:
    rings = [step for _, step, _ in play(RULE, moments).steps if isinstance(step, Ring)]
    alone = [step.lawyers for step in rings if not step.everyone]
    assert all(len(lawyers) == 1 for lawyers in alone)
    assert len({lawyers[0] for lawyers in alone}) == len(alone) <= RULE.singles
    assert [step.everyone for step in rings] == sorted(step.everyone for step in rings)
    assert sum(step.everyone for step in rings) <= 1


@given(Moments)
def test_alone_it_is_always_the_longest_free_of_those_not_rung_yet(
    moments: list[tuple[set[int], set[int]]],
) -> None:
    rung: set[str] = set()
    for look, (_, step, declined) in enumerate(play(RULE, moments).steps):
        if isinstance(step, Ring) and not step.everyone:
            free = {str(who) for who in moments[look % len(moments)][0]}
            # Lawyer 6 has been free longest, then 5, …
            assert step.lawyers[0] == max(free - declined - rung, key=int)
        if isinstance(step, Ring):
            rung |= set(step.lawyers)


@given(Moments, st.floats(0, 1e4))
def test_every_ring_and_wait_ends_in_the_future(
    moments: list[tuple[set[int], set[int]]], extra: float
) -> None:
    for now, step, _ in play(RULE, moments).steps:
        if isinstance(step, Ring | Wait):
            assert step.until > now
