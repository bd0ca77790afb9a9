"""A line is this run's own, whatever another run has made or left behind."""

import random

from tests.support.lines import line


def test_a_number_that_is_taken_is_left_to_whoever_has_it() -> None:
    random.seed(1)
    with line() as theirs:
        random.seed(1)
        with line() as ours:
            assert ours.near != theirs.near
            assert ours.server != theirs.server
        theirs.cut()  # still there
        theirs.mend()
