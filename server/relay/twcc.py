"""Transport-wide congestion control, the receiving side: tell a publisher when each of its packets
came, so that its own estimator finds the rate that the line carries.

Every packet with a transport sequence number counts, whatever it carried.
"""

import struct

from server.relay.rtcp import transport_feedback

_HEADER = struct.Struct("!IIHH")
_TICK = 0.00025  # seconds, unit of a delta
_REFERENCE = 0.064  # seconds, unit of the reference time
_MOST = 400  # packets in one report, which then fits a datagram
_REMEMBERED = 2000  # packets; older ones are beyond any reordering
_RUN = 0x1FFF


class TransportFeedback:
    """Arrivals of one peer connection. ``seen`` is appended to on the packet path."""

    __slots__ = ("_count", "_highest", "_times", "seen")

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []
        self._times: dict[int, float] = {}
        self._highest: int | None = None
        self._count = 0

    def reports(self, sender: int, ssrc: int) -> list[bytes]:
        """Take what has come since the last call; return RTCP packets about it."""
        if not self.seen:
            return []
        fresh = sorted({self._unwrap(seq) for seq, _ in self._store()})
        self.seen.clear()
        self._forget()
        packets = []
        begin, end = fresh[0], fresh[-1]
        if end - begin > _REMEMBERED:  # a jump: no honest line loses that much
            begin = end
        while begin <= end:
            last = min(end, begin + _MOST - 1)
            packets.append(self._report(sender, ssrc, begin, last))
            begin = last + 1
        return [packet for packet in packets if packet]

    def _store(self) -> list[tuple[int, float]]:
        for seq, when in self.seen:
            number = self._unwrap(seq)
            if self._highest is None or number > self._highest:
                self._highest = number
            self._times.setdefault(number, when)
        return self.seen

    def _unwrap(self, seq: int) -> int:
        if self._highest is None:
            return seq + 0x10000  # room below for what was reordered at the very start
        distance = (seq - self._highest) & 0xFFFF
        return self._highest + (distance - 0x10000 if distance & 0x8000 else distance)

    def _forget(self) -> None:
        if len(self._times) > 2 * _REMEMBERED:
            for number in sorted(self._times)[:-_REMEMBERED]:
                del self._times[number]

    def _report(self, sender: int, ssrc: int, begin: int, end: int) -> bytes:
        times = self._times
        while begin < end and begin not in times:  # the first one reported must have come
            begin += 1
        if begin not in times:
            return b""
        reference = int(times[begin] / _REFERENCE)
        symbols, deltas = self._deltas(begin, end, reference * round(_REFERENCE / _TICK))
        head = _HEADER.pack(sender, ssrc, begin & 0xFFFF, len(symbols))
        clock = (reference & 0xFFFFFF) << 8 | self._count & 0xFF
        self._count += 1
        return transport_feedback(head + clock.to_bytes(4) + _chunks(symbols) + deltas)

    def _deltas(self, begin: int, end: int, ticks: int) -> tuple[list[int], bytes]:
        symbols: list[int] = []
        deltas = bytearray()
        for number in range(begin, end + 1):
            when = self._times.get(number)
            if when is None:
                symbols.append(0)
                continue
            delta = int(when / _TICK) - ticks
            if not -0x8000 <= delta <= 0x7FFF:  # cannot be said: as if it had not come
                symbols.append(0)
                continue
            ticks += delta
            small = 0 <= delta <= 0xFF
            symbols.append(1 if small else 2)
            deltas += delta.to_bytes(1 if small else 2, "big", signed=not small)
        return symbols, bytes(deltas)


def _chunks(symbols: list[int]) -> bytes:
    """Status chunks: a run of one symbol, or seven symbols of two bits."""
    chunks = bytearray()
    at = 0
    while at < len(symbols):
        run = at + 1
        while run < len(symbols) and symbols[run] == symbols[at] and run - at < _RUN:
            run += 1
        if run - at >= 7 or run == len(symbols):
            chunks += (symbols[at] << 13 | (run - at)).to_bytes(2)
            at = run
        else:
            vector = symbols[at : at + 7] + [0] * 7
            word = 0xC000
            for i in range(7):
                word |= vector[i] << (12 - 2 * i)
            chunks += word.to_bytes(2)
            at += 7
    return bytes(chunks)
