"""Terms and the machine of a deletion, without rows."""

from datetime import UTC, datetime

import pytest

from server.retention.deletion import BEGUN, DELETION, DeletionEvent, DeletionState
from server.retention.rule import CLASSES, Term, expires, years_after
from signaling.machine import IllegalTransition

ENDED = datetime(2024, 2, 29, 9, 30, tzinfo=UTC)


def test_a_class_that_nobody_has_set_never_expires() -> None:
    assert [expires(ENDED, Term(code)) for code in CLASSES] == [None] * 3
    assert expires(ENDED, None) is None
    assert expires(ENDED, Term("permanent", permanent=True)) is None
    assert not Term("long").is_set


@pytest.mark.parametrize(("years", "day"), [(1, 28), (4, 29), (10, 28)])
def test_years_are_calendar_years(years: int, day: int) -> None:
    assert expires(ENDED, Term("long", years)) == ENDED.replace(year=2024 + years, day=day)
    assert years_after(ENDED.replace(day=28), -years) == ENDED.replace(year=2024 - years, day=28)


def test_every_state_and_event() -> None:
    legal = {
        ("proposed", "confirm"): "confirmed",
        ("proposed", "withdraw"): "withdrawn",
        ("confirmed", "withdraw"): "withdrawn",
        ("confirmed", "begin"): "erasing",
        ("erasing", "finish"): "erased",
    }
    for state in DeletionState:
        for event in DeletionEvent:
            if (state.value, event.value) in legal:
                assert DELETION.step(state, event) == legal[state.value, event.value]
            else:
                with pytest.raises(IllegalTransition):
                    DELETION.step(state, event)
    assert DELETION.final() == {DeletionState.ERASED, DeletionState.WITHDRAWN}
    assert not any(DELETION.allows(state, DeletionEvent.WITHDRAW) for state in BEGUN)
