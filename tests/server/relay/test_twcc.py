"""Transport-cc feedback, read back by a decoder of the test's own."""

import struct
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.relay.twcc import TransportFeedback


def decode(packet: bytes) -> dict[int, float | None]:
    """Sequence number to arrival time, or None for one that has not come."""
    assert (packet[0], packet[1]) == (0x8F, 205)
    assert len(packet) == 4 + 4 * int.from_bytes(packet[2:4])
    base, count, reference = struct.unpack_from("!HHI", packet, 12)
    symbols: list[int] = []
    at = 20
    while len(symbols) < count:
        (chunk,) = struct.unpack_from("!H", packet, at)
        at += 2
        if chunk >> 15 == 0:
            symbols += [chunk >> 13] * (chunk & 0x1FFF)
        else:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
    ticks = (reference >> 8) * 256
    times: dict[int, float | None] = {}
    for number, symbol in enumerate(symbols[:count]):
        if symbol:
            delta = packet[at] if symbol == 1 else struct.unpack_from("!h", packet, at)[0]
            at += symbol
            ticks += delta
        times[(base + number) & 0xFFFF] = ticks * 0.00025 if symbol else None
    return times


def feedback(*seen: tuple[int, float]) -> list[dict[int, float | None]]:
    sent = TransportFeedback()
    sent.seen.extend(seen)
    return [decode(packet) for packet in sent.reports(1, 2)]


def test_nothing_seen_says_nothing() -> None:
    assert feedback() == []


def test_arrivals_and_a_gap() -> None:
    (times,) = feedback((10, 5.0), (11, 5.03125), (14, 5.0625))
    assert times == {10: 5.0, 11: 5.03125, 12: None, 13: None, 14: 5.0625}


def test_numbers_wrap() -> None:
    (times,) = feedback((0xFFFF, 5.0), (0, 5.03125), (1, 5.0625))
    assert list(times) == [0xFFFF, 0, 1]
    assert None not in times.values()


def test_packets_out_of_order() -> None:
    (times,) = feedback((7, 5.0), (9, 5.03125), (8, 5.0625))
    assert times == {7: 5.0, 8: 5.0625, 9: 5.03125}


def test_a_late_packet_is_reported_later_with_its_neighbours() -> None:
    sent = TransportFeedback()
    sent.seen.extend([(1, 5.0), (3, 5.03125)])
    sent.reports(1, 2)
    sent.seen.extend([(2, 5.0625), (4, 5.09375)])
    (packet,) = sent.reports(1, 2)
    assert decode(packet) == {2: 5.0625, 3: 5.03125, 4: 5.09375}


def test_reports_are_counted_and_fit_datagrams() -> None:
    sent = TransportFeedback()
    sent.seen.extend((number, 5.0 + number * 0.01) for number in range(1000))
    packets = sent.reports(1, 2)
    assert [packet[19] for packet in packets] == list(range(len(packets)))
    assert max(map(len, packets)) < 1200


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.floats(100, 103)), unique_by=lambda s: s[0], min_size=1
    )
)
def test_whatever_came_is_told(seen: list[tuple[int, float]]) -> None:
    told: dict[int, float | None] = {}
    for times in feedback(*seen):
        told.update(times)
    for number, when in seen:
        heard = told[number]
        assert heard is not None
        assert abs(heard - when) < 0.0005
    assert {number for number, when in told.items() if when is not None} == {n for n, _ in seen}


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.floats(0, 1e6)), max_size=50))
def test_hostile_numbers_and_times(seen: list[tuple[int, float]]) -> None:
    feedback(*seen)


@given(
    first=st.integers(0, 0xFFFF),
    steps=st.lists(st.floats(0, 0.09), min_size=1, max_size=60),
    begin=st.floats(0, 1e9),
)
def test_what_came_in_turn_is_told_the_short_way_as_the_long_way(
    first: int, steps: list[float], begin: float
) -> None:
    arrivals = list(accumulate(steps, initial=begin))
    seen = [((first + i) & 0xFFFF, when) for i, when in enumerate(arrivals)]
    short, long = TransportFeedback(), TransportFeedback()
    short.seen.extend(seen)
    long.seen.extend(seen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransportFeedback, "_report_whole", lambda *_: None)
        expected = long.reports(1, 2)
    assert short.reports(1, 2) == expected
