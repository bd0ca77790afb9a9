"""RTP time on the wall clock: drift, jitter, wraps, sender reports."""

import random

import pytest

from recordings.clock import SenderClock, TrackClock

NOW = 1_700_000_000.0
NTP = 2_208_988_800


def ntp(unix: float) -> int:
    return round((unix + NTP) * (1 << 32))


@pytest.mark.parametrize("drift", [-200e-6, 0, 200e-6])
def test_an_hour_with_drift_and_jitter_stays_within_100_ms(drift: float) -> None:
    chance = random.Random(1)
    clock = TrackClock(90000, SenderClock())
    for second in range(3600):
        captured = NOW + second
        stamp = (4_200_000_000 + round(second * (1 + drift) * 90000)) & 0xFFFF_FFFF
        ticks = clock.place(stamp, captured + 0.02 + chance.expovariate(20))
        assert ticks is not None
        assert abs(clock.wall(ticks) - captured) < 0.1


def test_sender_reports_undo_what_the_picture_lost_on_its_way() -> None:
    sender = SenderClock()
    sound, picture = TrackClock(48000, sender), TrackClock(90000, sender)
    ahead = 7200.0  # the sender's clock is wrong, the same for both
    for second in range(10):
        captured = NOW + second
        for clock, rate, delay in ((sound, 48000, 0.03), (picture, 90000, 0.25)):
            clock.place(second * rate + 77, captured + delay)
            clock.report(ntp(captured + ahead), second * rate + 77, captured + 0.02)
    assert picture.wall(picture.ticks(9 * 90000 + 77)) == pytest.approx(NOW + 9.02, abs=1e-3)
    assert sound.wall(sound.ticks(9 * 48000 + 77)) == pytest.approx(NOW + 9.02, abs=1e-3)


@pytest.mark.parametrize("lie", [-1e9, -60, 60, 1e9])
def test_a_report_that_lies_is_not_believed(lie: float) -> None:
    clock = TrackClock(90000, SenderClock())
    ticks = clock.place(1000, NOW)
    assert ticks is not None
    clock.report(ntp(NOW), (1000 + int(lie * 90000)) & 0xFFFF_FFFF, NOW)
    assert clock.wall(ticks) == pytest.approx(NOW)


def test_another_device_has_another_clock() -> None:
    sender = SenderClock()
    sender.observe(1000.0, NOW)
    sender.observe(5000.0, NOW + 1)
    assert sender.wall(5001.0) == pytest.approx(NOW + 2)


def test_a_jump_of_the_counter_is_seen_and_a_late_packet_is_none() -> None:
    clock = TrackClock(48000, SenderClock())
    clock.place(0, NOW)
    assert clock.place(48000, NOW + 4) is not None
    assert clock.place(48000 * 60, NOW + 2) is None
