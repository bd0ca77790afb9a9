"""Every parser of strangers' bytes against mutated input, for a moment (`make fuzz`: for long)."""

import random

import pytest

from tests.server.relay import fuzzing


@pytest.mark.parametrize("name", fuzzing.NAMES)
def test_any_bytes_are_taken(name: str) -> None:
    assert fuzzing.run(name, seed=random.SystemRandom().randrange(1 << 30), seconds=0.5) >= 200


def test_a_finding_says_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(data: bytes) -> None:
        raise ValueError

    monkeypatch.setitem(fuzzing.TARGETS, "rtcp", breaks)
    with pytest.raises(fuzzing.Finding, match=r"rtcp, seed 5, input 0: [0-9a-f]+"):
        fuzzing.run("rtcp", seed=5, seconds=0)
