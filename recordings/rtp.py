"""RTP packets put back into order: what comes late by network or repair finds its place."""

import struct
from collections.abc import Callable
from typing import Any

MIN_HEADER = 12
_USUAL = 0x90  # version 2 and an extension, no padding, nobody mixed in
# Sequence number, timestamp, SSRC; they stand after the first two bytes.
numbers_of: Callable[[bytes, int], tuple[Any, ...]] = struct.Struct(">HII").unpack_from


def payload_of(packet: bytes) -> bytes:
    """The payload without header extension and padding; empty when there is none or it is bad."""
    first = packet[0]
    if first == _USUAL and len(packet) > 16 and not packet[14]:  # fewer than 256 words
        return packet[16 + 4 * packet[15] :]
    start = MIN_HEADER + 4 * (first & 0x0F)
    if first & 0x10:
        words = int.from_bytes(packet[start + 2 : start + 4], "big")
        start += 4 + 4 * words
    if first & 0x20:
        return packet[start : len(packet) - packet[-1]]
    return packet[start:]


class Reorder:
    """Delivers packets by sequence number, waiting a little for what is missing.

    It waits until ``most`` packets are held or the oldest was held ``patience`` seconds; then what
    is missing counts as lost. Duplicates and what comes after its turn are dropped.
    """

    # As many "old" packets in a row mean that the sender began its numbers anew.
    _RESYNC = 64

    def __init__(
        self,
        deliver: Callable[[bytes, int, float], None],
        lose: Callable[[int], None],
        most: int = 512,
        patience: float = 0.5,
    ) -> None:
        self._deliver = deliver
        self._lose = lose
        self._most = most
        self._patience = patience
        self._next: int | None = None
        self._held: dict[int, tuple[bytes, int, float]] = {}
        self._old = 0

    def follows(self, number: int) -> bool:
        """Whether ``number`` is the next one and nothing waits: then it counts as delivered."""
        if number != self._next or self._held:
            return False
        self._next = (number + 1) & 0xFFFF
        return True

    def expire(self, now: float) -> None:
        """Give up on what has been missing for too long."""
        while self._held and now - next(iter(self._held.values()))[2] >= self._patience:
            self._skip()

    def flush(self) -> None:
        """Deliver everything that is held."""
        while self._held:
            self._skip()

    def push(self, number: int, packet: bytes, timestamp: int, arrival: float) -> None:
        """Take the packet of sequence number ``number``; it and others may be delivered at once."""
        if self._next is None:
            self._next = number
        if (number - self._next) & 0xFFFF >= 0x8000:
            self._count_old(number)
            return
        self._old = 0
        self._held.setdefault(number, (packet, timestamp, arrival))
        self._release()
        if len(self._held) > self._most:
            self._skip()
        self.expire(arrival)

    def _count_old(self, number: int) -> None:
        self._old += 1
        if self._old >= self._RESYNC:
            self.flush()
            self._lose(1)
            self._old = 0
            self._next = (number + 1) & 0xFFFF

    def _release(self) -> None:
        while self._held and (item := self._held.pop(self._next, None)):  # type: ignore[arg-type]
            self._next = (self._next + 1) & 0xFFFF  # type: ignore[operator]
            self._deliver(*item)

    def _skip(self) -> None:
        assert self._next is not None
        expected = self._next
        self._next = min(self._held, key=lambda number: (number - expected) & 0xFFFF)
        self._lose((self._next - expected) & 0xFFFF)
        self._release()
