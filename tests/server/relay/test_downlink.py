"""A receiver's line, told in reports: what is believed of it, and when pictures stop and return."""

from server.relay.downlink import Downlink


class Line:
    """A downlink on a manual clock that sends as fast as it may, up to ``wants`` bit/s."""

    def __init__(self, wants: float = 1_500_000) -> None:
        self.downlink = Downlink(0.0)
        self.now = 0.0
        self.wants = wants
        self.changes: list[tuple[float, bool]] = []
        self._octets = 0.0

    def run(self, seconds: float, word: float | None = None, lost: float = 0.0) -> None:
        """Pass time in fifths of a second; the browser says ``word`` and what is lost."""
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now += 0.2
            rate = min(self.wants, self.downlink.estimate) if self.downlink.showing else 30_000
            self._octets += rate * 0.2 / 8
            if word is not None:
                self.downlink.on_word(int(word), self.now)
            if lost:
                self.downlink.on_loss(lost, self.now)
            if self.downlink.look(self.now, int(self._octets), int(self._octets / 1000)):
                self.changes.append((round(self.now, 1), self.downlink.showing))


def test_an_unproven_line_is_not_bounded() -> None:
    line = Line()
    line.run(5)
    assert line.downlink.cap is None
    assert line.changes == []


def test_losing_most_of_it_bounds_the_rate_to_what_arrived() -> None:
    line = Line()
    line.run(3)
    line.run(0.2, lost=0.8)
    assert 400_000 < line.downlink.estimate < 500_000
    assert line.downlink.cap is not None
    assert line.downlink.cap > line.downlink.estimate


def test_few_losses_bound_nothing() -> None:
    line = Line()
    line.run(3)
    line.run(5, lost=0.1)
    assert line.downlink.cap is None


def test_losses_alone_do_not_stop_pictures() -> None:
    line = Line()
    line.run(3)
    line.run(30, lost=0.25)
    assert line.downlink.estimate >= 140_000
    assert line.changes == []


def test_a_fall_of_the_word_is_followed_within_bounds() -> None:
    line = Line(900_000)
    line.run(3, word=1_000_000)
    line.run(0.2, word=200_000)
    first = line.downlink.estimate
    assert 500_000 < first < 600_000
    line.run(0.8, word=200_000)
    assert line.downlink.estimate == first  # the queue may empty first
    line.run(0.4, word=150_000)
    assert line.downlink.estimate < 0.7 * first


def test_a_line_that_rises_again_is_used_within_twelve_seconds() -> None:
    line = Line()
    line.run(2, word=1_000_000)
    line.run(3, lost=0.8)
    assert line.downlink.estimate < 200_000
    line.run(12, word=250_000)
    assert line.downlink.estimate > 600_000


def test_nothing_grows_far_beyond_what_is_sent() -> None:
    line = Line(wants=500_000)
    line.run(2)
    line.run(0.2, lost=0.9)
    line.run(60, word=700_000)
    assert line.downlink.estimate <= 2 * 500_000 + 100_000 + 1


def test_a_still_picture_does_not_keep_a_line_small_for_ever() -> None:
    line = Line(wants=50_000)
    line.run(2)
    line.run(0.2, lost=0.9)
    assert line.downlink.estimate < 200_000
    line.run(15)
    assert line.downlink.estimate == 800_000


def test_below_the_floor_pictures_stop_and_are_tried_again_ever_more_seldom() -> None:
    line = Line()
    line.run(1, word=300_000)
    for _ in range(1000):  # a line of 60 kbit/s
        line.run(0.2, word=60_000, lost=0.4 if line.downlink.showing else 0)
    stops = [at for at, showing in line.changes if not showing]
    returns = [at for at, showing in line.changes if showing]
    waits = [back - stop for stop, back in zip(stops, returns, strict=False)]
    assert len(waits) >= 3
    assert waits == sorted(waits)
    assert 4.9 <= waits[0] <= 5.3
    assert waits[-1] <= 40.3


def test_when_the_line_is_well_again_pictures_stay() -> None:
    line = Line()
    line.run(1, word=300_000)
    line.run(12, word=60_000, lost=0.4)
    assert [showing for _, showing in line.changes] == [False]
    assert line.downlink.cap == 140_000
    line.run(60, word=400_000)
    assert [showing for _, showing in line.changes] == [False, True]


def test_an_uneven_pace_alone_does_not_stop_pictures() -> None:
    line = Line(wants=80_000)
    line.run(1, word=300_000)
    for _ in range(20):
        line.run(0.6, word=100_000)
        line.run(0.6, word=40_000)
    assert line.changes == []


def test_what_is_asked_for_again_is_heard_before_any_report() -> None:
    line = Line()
    line.run(2)
    line.downlink.on_missing(40)
    line.run(0.2)
    assert line.downlink.cap is not None


def test_loss_that_is_usual_bounds_little() -> None:
    line = Line()
    line.run(3)
    for lost in (0.10, 0.13, 0.08, 0.14, 0.09, 0.12, 0.15, 0.07, 0.11, 0.13) * 3:
        line.run(0.8)
        line.run(0.2, lost=lost)
    assert line.downlink.estimate > 1_000_000


def test_a_word_that_falls_because_little_is_sent_bounds_nothing() -> None:
    line = Line()
    line.run(3, word=2_250_000)
    line.wants = 100_000  # nobody moves
    line.run(3)
    line.run(5, word=150_000)
    assert line.downlink.cap is None


def test_whoever_insists_sees_and_may_take_it_back() -> None:
    line = Line()
    line.run(1, word=300_000)
    line.run(12, word=60_000, lost=0.4)
    assert line.downlink.pictures == "paused"
    line.downlink.insist(True)
    line.run(0.2)
    assert line.downlink.pictures == "insisted"
    line.run(60, word=60_000, lost=0.4)
    assert line.downlink.pictures == "insisted"
    line.downlink.insist(False)
    line.run(12, word=60_000, lost=0.4)
    assert line.downlink.pictures == "paused"
