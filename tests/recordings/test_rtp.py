"""Packets in order: what arrives in any order, more than once or never."""

from hypothesis import given
from hypothesis import strategies as st

from recordings.rtp import Reorder, payload_of


def packet(number: int, payload: bytes = b"x") -> bytes:
    return b"\x80\x60" + (number & 0xFFFF).to_bytes(2, "big") + bytes(8) + payload


class Listener:
    def __init__(self, most: int = 512, patience: float = 0.5) -> None:
        self.numbers: list[int] = []
        self.lost = 0
        self.reorder = Reorder(self.deliver, self.lose, most, patience)

    def deliver(self, data: bytes, timestamp: int, arrival: float) -> None:
        self.numbers.append(int.from_bytes(data[2:4], "big"))

    def lose(self, count: int) -> None:
        self.lost += count

    def push(self, *numbers: int, at: float = 0.0) -> None:
        for number in numbers:
            self.reorder.push(number & 0xFFFF, packet(number), 0, at)


@given(
    first=st.integers(0, 0xFFFF),
    order=st.permutations(range(40)),
    again=st.lists(st.integers(0, 39), max_size=10),
)
def test_any_order_and_duplicates_come_out_in_order_once(
    first: int, order: list[int], again: list[int]
) -> None:
    listener = Listener()
    listener.push(first - 1)
    listener.push(*(first + number for number in [*order, *again]))
    assert listener.numbers == [(first + number) & 0xFFFF for number in range(-1, 40)]
    assert listener.lost == 0


@given(lost=st.sets(st.integers(1, 39)), first=st.integers(0, 0xFFFF))
def test_what_never_comes_is_counted_and_holds_up_nothing_for_long(
    lost: set[int], first: int
) -> None:
    listener = Listener()
    sent = [number for number in range(41) if number not in lost]
    listener.push(*(first + number for number in sent))
    listener.reorder.expire(0.6)
    assert listener.numbers == [(first + number) & 0xFFFF for number in sent]
    assert listener.lost == len(lost)


def test_a_repair_within_patience_is_waited_for_and_one_after_it_is_dropped() -> None:
    listener = Listener()
    listener.push(1, 3)
    listener.reorder.expire(0.49)
    assert listener.numbers == [1]
    listener.push(2, at=0.49)
    assert listener.numbers == [1, 2, 3]
    listener.push(5, at=1.0)
    listener.push(6, at=1.5)
    listener.push(4, at=1.6)
    assert listener.numbers == [1, 2, 3, 5, 6]
    assert listener.lost == 1


def test_it_holds_no_more_than_its_bound() -> None:
    listener = Listener(most=8)
    listener.push(1, *range(3, 12))
    assert listener.numbers == [1, *range(3, 12)]
    assert listener.lost == 1


def test_a_sender_that_starts_its_numbers_anew_is_followed() -> None:
    listener = Listener()
    listener.push(*range(30000, 30010), *range(100, 200))
    assert listener.numbers[-1] == 199
    assert listener.lost == 1  # nobody knows how many; what follows builds on something missing


@given(st.binary(min_size=12, max_size=60))
def test_the_payload_of_any_bytes_is_some_bytes(data: bytes) -> None:
    assert len(payload_of(data)) <= len(data)


def test_the_payload_stands_between_sources_extension_and_padding() -> None:
    head = b"\xb1\x60" + bytes(10)  # padding, extension, one contributing source
    extension = b"\xbe\xde\x00\x01" + bytes(4)
    assert payload_of(head + bytes(4) + extension + b"media" + b"\0\0\3") == b"media"
