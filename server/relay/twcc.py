"""Transport-wide congestion control, the receiving side: tell a publisher when each of its packets
came, so that its own estimator finds the rate that the line carries.

Every packet with a transport sequence number counts, whatever it carried.
"""

import struct
from collections import deque
from operator import sub

from server.relay.rtcp import transport_feedback

_HEADER = struct.Struct("!IIHH")
_TICKS = 4000  # a second; one is the unit of a delta
_REFERENCE = 0.064  # seconds, unit of the reference time
_ONE_BYTE = 1  # symbol of a packet whose delta takes one byte
_MOST = 400  # packets in one report, which then fits a datagram
_MOST_AT_ONCE = 2000
_REMEMBERED = 8  # reports; what is later than that is beyond any reordering


class TransportFeedback:
    """Arrivals of one peer connection. ``seen`` is appended to on the packet path."""

    __slots__ = ("_count", "_highest", "_recent", "seen")

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []  # transport sequence number, arrival
        self._recent: deque[list[tuple[int, float]]] = deque(maxlen=_REMEMBERED)
        self._highest = 0xFFFF  # unwrapped; room below for what was reordered at the very start
        self._count = 0

    def reports(self, sender: int, ssrc: int) -> list[bytes]:
        """Take what has come since the last call; return RTCP packets about it."""
        if not self.seen:
            return []
        seen = self.seen.copy()
        self.seen.clear()
        if not self._recent:
            self._highest += seen[0][0] + 1
        self._recent.append(seen)
        whole = self._report_whole(sender, ssrc, seen)
        if whole is not None:
            return [whole]
        numbers = [self._unwrap(seq) for seq, _ in seen]
        begin, end = min(numbers), max(numbers)
        following = begin == self._highest + 1
        self._highest = max(self._highest, end)
        if following and numbers == list(range(begin, end + 1)):
            times = dict(zip(numbers, (when for _, when in seen), strict=True))
        else:
            times = self._all_times()
            begin = max(begin, end - _MOST_AT_ONCE)  # a jump: no honest line loses that much
        return self._report_all(sender, ssrc, times, begin, end)

    def _report_whole(self, sender: int, ssrc: int, seen: list[tuple[int, float]]) -> bytes | None:
        """The report when each packet has come in its turn, and none much later than the one
        before: nearly always, and at a fraction of the cost. None when it is not so.
        """
        first, count = seen[0][0], len(seen)
        if first != self._highest + 1 & 0xFFFF or count > _MOST:
            return None
        numbers, times = zip(*seen, strict=True)
        if numbers != tuple(range(first, first + count)):
            return None
        reference = int(times[0] / _REFERENCE)
        ticks = [int(when * _TICKS) for when in times]
        deltas = list(map(sub, ticks, (reference * round(_REFERENCE * _TICKS), *ticks)))
        if min(deltas) < 0 or max(deltas) > 0xFF:
            return None
        self._highest += count
        head = _HEADER.pack(sender, ssrc, first, count)
        clock = (reference & 0xFFFFFF) << 8 | self._count & 0xFF
        self._count += 1
        run = _ONE_BYTE << 13 | count
        return transport_feedback(head + clock.to_bytes(4) + run.to_bytes(2) + bytes(deltas))

    def _unwrap(self, seq: int) -> int:
        distance = (seq - self._highest) & 0xFFFF
        return self._highest + (distance - 0x10000 if distance & 0x8000 else distance)

    def _all_times(self) -> dict[int, float]:
        """What came lately, for a report that goes over ground that was reported before."""
        return {self._unwrap(seq): when for seen in self._recent for seq, when in seen}

    def _report_all(
        self, sender: int, ssrc: int, times: dict[int, float], begin: int, end: int
    ) -> list[bytes]:
        packets = []
        while begin <= end:
            last = min(end, begin + _MOST - 1)
            packets.append(self._report(sender, ssrc, times, begin, last))
            begin = last + 1
        return [packet for packet in packets if packet]

    def _report(
        self, sender: int, ssrc: int, times: dict[int, float], begin: int, end: int
    ) -> bytes:
        while begin < end and begin not in times:  # the first one reported must have come
            begin += 1
        if begin not in times:
            return b""
        reference = int(times[begin] / _REFERENCE)
        ticks = [
            None if when is None else int(when * _TICKS)
            for when in map(times.get, range(begin, end + 1))
        ]
        symbols, deltas = _deltas(ticks, reference * round(_REFERENCE * _TICKS))
        head = _HEADER.pack(sender, ssrc, begin & 0xFFFF, len(symbols))
        clock = (reference & 0xFFFFFF) << 8 | self._count & 0xFF
        self._count += 1
        return transport_feedback(head + clock.to_bytes(4) + _chunks(symbols) + deltas)


def _deltas(ticks: list[int | None], before: int) -> tuple[bytes, bytes]:
    """A symbol for each packet, and the coded time since the one before for those that came."""
    symbols = bytearray(len(ticks))
    deltas = bytearray()
    for at, tick in enumerate(ticks):
        if tick is None:
            continue
        delta = tick - before
        if 0 <= delta <= 0xFF:
            symbols[at] = 1
            deltas.append(delta)
        elif -0x8000 <= delta <= 0x7FFF:
            symbols[at] = 2
            deltas += delta.to_bytes(2, "big", signed=True)
        else:  # cannot be said: as if it had not come
            continue
        before = tick
    return bytes(symbols), bytes(deltas)


def _chunks(symbols: bytes) -> bytes:
    """Status chunks: a run of one symbol, or seven symbols of two bits."""
    chunks = bytearray()
    at = 0
    while at < len(symbols):
        rest = symbols[at:]
        run = len(rest) - len(rest.lstrip(rest[:1]))
        if run >= 7 or run == len(rest):
            chunks += (symbols[at] << 13 | run).to_bytes(2)
            at += run
        else:
            word = 0xC000
            for i, symbol in enumerate(rest[:7]):
                word |= symbol << (12 - 2 * i)
            chunks += word.to_bytes(2)
            at += 7
    return bytes(chunks)
