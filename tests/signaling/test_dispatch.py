"""The dispatch policy: its sentences one by one, then properties of whole attempts."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.dispatch import (
    Considered,
    GiveUp,
    Lawyer,
    Need,
    Note,
    Ring,
    Rule,
    Stage,
    Step,
    Verdict,
    Wait,
    Waiting,
    decide,
    head_start,
)

RULE = Rule(each=15, together=30, patience=120, singles=3, backup_after=20, unfinished=3)
NEW = Waiting(attempt_at=1000.0)
A, B, C, D = (Lawyer(name, since) for name, since in zip("abcd", range(100, 500, 100), strict=True))
ALL = frozenset({Stage.SINGLE, Stage.EVERYONE})


def next_step(rule: Rule, waiting: Waiting, lawyers: list[Lawyer], now: float) -> Step:
    return decide(rule, waiting, lawyers, now).step


def verdicts(waiting: Waiting, lawyers: list[Lawyer], now: float = 1000) -> dict[str, Verdict]:
    return {one.lawyer: one.verdict for one in decide(RULE, waiting, lawyers, now).considered}


def test_longest_free_first() -> None:
    assert next_step(RULE, NEW, [C, A, B], 1000) == Ring(("a",), 1015)


def test_equally_long_free_is_decided_by_id_not_by_chance() -> None:
    tied = [Lawyer("z", 100), Lawyer("y", 100)]
    assert next_step(RULE, NEW, tied, 1000) == Ring(("y",), 1015)


def test_who_was_served_longest_ago_comes_before_who_is_free_longest() -> None:
    lawyers = [replace(A, served=900.0), replace(B, served=500.0), replace(C, served=700.0)]
    assert next_step(RULE, NEW, lawyers, 1000) == Ring(("b",), 1015)
    assert next_step(RULE, NEW, [*lawyers, D], 1000) == Ring(("d",), 1015), "never served"


def test_then_the_next() -> None:
    rung = replace(NEW, rung={"a"})
    assert next_step(RULE, rung, [A, B, C], 1015) == Ring(("b",), 1030)
    assert verdicts(rung, [A, B, C]) == {
        "a": Verdict.RUNG_BEFORE,
        "b": Verdict.RUNG,
        "c": Verdict.LATER,
    }


def test_all_together_once_everybody_was_rung_alone() -> None:
    rung = replace(NEW, rung={"a", "b"})
    assert next_step(RULE, rung, [B, A], 1030) == Ring(("a", "b"), 1060, Stage.EVERYONE)


def test_all_together_after_three_even_if_there_are_more() -> None:
    rung = replace(NEW, rung={"a", "b", "c"})
    assert next_step(RULE, rung, [A, B, C, D], 1045) == Ring(
        ("a", "b", "c", "d"), 1075, Stage.EVERYONE
    )


def test_then_nobody_answers() -> None:
    done = replace(NEW, rung={"a", "b"}, done=ALL)
    assert next_step(RULE, done, [A, B], 1060) == GiveUp()


def test_who_declined_is_not_rung_again_not_even_together() -> None:
    waiting = replace(NEW, rung={"a", "b", "c"}, declined={"b"})
    assert next_step(RULE, waiting, [A, B, C], 1045) == Ring(("a", "c"), 1075, Stage.EVERYONE)
    assert verdicts(waiting, [A, B, C])["b"] is Verdict.DECLINED


@pytest.mark.parametrize(
    ("now", "step"),
    [(1000, Wait(1120)), (1119.9, Wait(1120)), (1120, GiveUp()), (5000, GiveUp())],
)
def test_with_nobody_free_people_wait_until_their_patience_ends(now: float, step: Step) -> None:
    assert next_step(RULE, NEW, [], now) == step


def test_if_all_who_are_free_declined_the_people_wait_for_others() -> None:
    waiting = replace(NEW, rung={"a"}, declined={"a"})
    assert next_step(RULE, waiting, [A], 1001) == Wait(1120)


@pytest.mark.parametrize(
    ("lawyer", "verdict"),
    [
        (replace(A, present=False), Verdict.ABSENT),
        (replace(A, in_call=True), Verdict.IN_CALL),
        (replace(A, being_rung=True), Verdict.BEING_RUNG),
        (replace(A, conflict=True), Verdict.CONFLICT),
    ],
)
def test_who_cannot_be_rung_is_passed_over_and_it_says_why(
    lawyer: Lawyer, verdict: Verdict
) -> None:
    assert next_step(RULE, NEW, [lawyer], 1000) == Wait(1120)
    assert verdicts(NEW, [lawyer, B]) == {"a": verdict, "b": Verdict.RUNG}


def test_a_declared_conflict_is_never_rung_in_no_stage() -> None:
    everybody = [replace(A, conflict=True), replace(B, conflict=True, standby=True)]
    preferred = replace(NEW, prefers="a")
    for waiting in (preferred, replace(NEW, rung={"x", "y", "z"}), replace(NEW, done=ALL)):
        assert not isinstance(next_step(RULE, waiting, everybody, 1050), Ring)


@pytest.mark.parametrize(
    ("against", "note"),
    [
        (replace(A, earlier=True, languages=frozenset({"方言"})), Note.EARLIER_ROLE),
        (replace(A, languages=frozenset({"手语"})), Note.LANGUAGE),
        (replace(A, matters=frozenset({"land"}), languages=frozenset({"方言"})), Note.MATTER),
        (replace(A, unfinished=3, languages=frozenset({"方言"})), Note.UNFINISHED),
    ],
)
def test_what_only_puts_somebody_further_back(against: Lawyer, note: Note) -> None:
    asked = replace(NEW, matters=("wages", "labour"), language="方言")
    fitting = replace(B, languages=frozenset({"方言"}), matters=frozenset({"labour"}))
    decision = decide(RULE, asked, [against, fitting], 1000)
    assert decision.step == Ring(("b",), 1015)
    assert decision.considered == (
        Considered("b", Verdict.RUNG),
        Considered("a", Verdict.LATER, (note,)),
    )
    assert next_step(RULE, asked, [against], 1000) == Ring(("a",), 1015), "better than nobody"


def test_the_named_lawyer_is_rung_first_and_once() -> None:
    named = replace(NEW, prefers="c")
    assert next_step(RULE, named, [A, B, C], 1000) == Ring(("c",), 1015, Stage.PREFERRED)
    after = replace(named, rung={"c"}, done={Stage.PREFERRED})
    assert next_step(RULE, after, [A, B, C], 1015) == Ring(("a",), 1030)
    assert next_step(RULE, named, [A, replace(C, in_call=True)], 1000) == Ring(("a",), 1015)


def test_the_backup_is_rung_after_all_were() -> None:
    backup = replace(B, standby=True)
    assert next_step(RULE, NEW, [A, backup], 1000) == Ring(("a",), 1015)
    assert verdicts(NEW, [A, backup])["b"] is Verdict.STANDBY
    rung = replace(NEW, rung={"a"}, done=ALL)
    assert next_step(RULE, rung, [A, backup], 1045) == Ring(("b",), 1075, Stage.BACKUP)
    assert next_step(RULE, replace(rung, done={*ALL, Stage.BACKUP}), [A, backup], 1075) == GiveUp()


def test_the_backup_is_rung_when_nobody_on_duty_is_free_for_a_while() -> None:
    busy, backup = replace(A, in_call=True), replace(B, standby=True)
    assert next_step(RULE, NEW, [busy, backup], 1000) == Wait(1020)
    assert next_step(RULE, NEW, [busy, backup], 1020) == Ring(("b",), 1050, Stage.BACKUP)
    rung = replace(NEW, rung={"b"}, done={Stage.BACKUP})
    assert next_step(RULE, rung, [busy, backup], 1050) == Wait(1120)


def test_a_need_is_worth_a_fixed_time() -> None:
    assert head_start([]) == 0
    assert head_start([Need.MINOR]) == head_start([Need.ELDERLY, Need.LIMITATION]) == 600
    assert head_start([Need.MINOR, Need.VIOLENCE]) == 1200


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
BACKUP = 0


def play(rule: Rule, moments: list[tuple[set[int], set[int]]]) -> Attempt:
    """Run one attempt to its end; nobody ever answers."""
    attempt, waiting, now = Attempt(), NEW, NEW.attempt_at
    for look in range(100):
        free, declining = moments[look % len(moments)]
        lawyers = [Lawyer(str(who), 900.0 - who, standby=who == BACKUP) for who in free]
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
                done={*waiting.done, step.stage},
            )
    raise AssertionError("it never gave up")


@given(Moments)
def test_every_attempt_ends(moments: list[tuple[set[int], set[int]]]) -> None:
    attempt = play(RULE, moments)
    ended = attempt.steps[-1][0] - NEW.attempt_at
    assert ended <= RULE.singles * RULE.each + 2 * RULE.together + RULE.patience


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
def test_alone_at_most_three_then_together_once_then_the_backup_once(
    moments: list[tuple[set[int], set[int]]],
) -> None:
    rings = [step for _, step, _ in play(RULE, moments).steps if isinstance(step, Ring)]
    alone = [step.lawyers for step in rings if step.stage is Stage.SINGLE]
    assert all(len(lawyers) == 1 for lawyers in alone)
    assert len({lawyers[0] for lawyers in alone}) == len(alone) <= RULE.singles
    stages = [step.stage for step in rings]
    assert stages.count(Stage.EVERYONE) <= 1
    assert stages.count(Stage.BACKUP) <= 1
    assert all((str(BACKUP) in step.lawyers) == (step.stage is Stage.BACKUP) for step in rings)


@given(Moments)
def test_alone_it_is_always_the_longest_free_of_those_not_rung_yet(
    moments: list[tuple[set[int], set[int]]],
) -> None:
    rung: set[str] = set()
    for look, (_, step, declined) in enumerate(play(RULE, moments).steps):
        if isinstance(step, Ring) and step.stage is Stage.SINGLE:
            free = {str(who) for who in moments[look % len(moments)][0] if who != BACKUP}
            # Lawyer 6 has been free longest, then 5, …
            assert step.lawyers[0] == max(free - declined - rung, key=int)
        if isinstance(step, Ring):
            rung |= set(step.lawyers)


@given(Moments)
def test_everybody_who_was_looked_at_has_a_verdict(
    moments: list[tuple[set[int], set[int]]],
) -> None:
    for free, declining in moments:
        lawyers = [Lawyer(str(who), 1.0, standby=who == BACKUP) for who in free]
        waiting = replace(NEW, declined={str(who) for who in declining})
        decision = decide(RULE, waiting, lawyers, NEW.attempt_at)
        rung = decision.step.lawyers if isinstance(decision.step, Ring) else ()
        told = {one.lawyer: one.verdict for one in decision.considered}
        assert set(told) == {one.id for one in lawyers}
        assert {who for who, verdict in told.items() if verdict is Verdict.RUNG} == set(rung)


@given(Moments, st.floats(0, 1e4))
def test_every_ring_and_wait_ends_in_the_future(
    moments: list[tuple[set[int], set[int]]], extra: float
) -> None:
    for now, step, _ in play(RULE, moments).steps:
        if isinstance(step, Ring | Wait):
            assert step.until > now
