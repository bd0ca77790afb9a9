"""A relay takes rooms as long as it can carry them."""

from pathlib import Path

from server.relay.admission import Admission
from tests.server.relay.relays import running_relay


def busy(share: float, seconds: int = 60) -> Admission:
    """The admission of a process that has used ``share`` of a core for so long."""
    admission = Admission(0.0, 0.0)
    for second in range(1, seconds + 1):
        admission.measure(second * share, float(second))
    return admission


def fits(admission: Admission, rooms: int, now: float) -> int:
    """How many rooms can be opened at once beside those there are."""
    count = 0
    while count < 1000 and admission.admits(rooms + count, now):
        admission.opened(str(count), now)
        count += 1
    return count


def test_the_load_is_the_share_of_a_core() -> None:
    assert abs(busy(0.4).load - 0.4) < 0.01
    assert busy(3.0).load == 1.0
    assert busy(0.4, seconds=1).load == 0.2 * 0.4


def test_a_room_is_refused_before_the_core_is_full() -> None:
    assert busy(0.2).admits(10, 60.0)
    assert busy(0.8).admits(40, 60.0)
    assert not busy(0.84).admits(40, 60.0)
    assert not busy(1.0).admits(0, 60.0)


def test_rooms_that_cost_nothing_yet_are_counted() -> None:
    assert fits(busy(0.0), 0, 60.0) == 28
    assert fits(busy(0.5), 12, 60.0) == 8
    assert fits(busy(0.5), 21, 60.0) == 14  # each as those there are
    assert fits(busy(0.5), 100, 60.0) == 17


def test_rooms_that_have_ended_are_not() -> None:
    admission = busy(0.0)
    fits(admission, 0, 60.0)
    assert not admission.admits(28, 60.0)
    admission.closed("5")
    assert admission.admits(27, 60.0)


def test_after_a_while_only_the_measured_load_counts() -> None:
    admission = busy(0.0)
    fits(admission, 0, 60.0)
    assert not admission.admits(28, 65.0)
    assert admission.admits(28, 70.5)


async def test_a_full_relay_says_so_and_keeps_its_rooms(tmp_path: Path) -> None:
    async with running_relay(tmp_path) as control:
        rooms = [f"{number:032x}" for number in range(60)]
        answers = [await control.call("PUT", f"/rooms/{r}", {"recording": None}) for r in rooms]
        taken = [status for status, _ in answers].count(200)
        assert 0 < taken < 60
        assert answers[-1][0] == 503
        assert answers[-1][1]["code"] == "overloaded"
        assert (await control.call("PUT", f"/rooms/{rooms[0]}", {"recording": None}))[0] == 200
        assert (await control.call("GET", "/hello"))[1]["rooms"] == taken
