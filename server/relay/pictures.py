"""Picture numbers (VP8): a receiver sees them go on when its slot changes to another source, and
when its source begins a new stream.

Without that a decoder may take the new source's pictures for old ones.
"""

from server.relay.rtp import payload_offset, vp8_numbers
from server.relay.source import Source


class Pictures:
    """The numbering of one slot. ``shifted`` says whether payloads have to be written anew."""

    __slots__ = ("_base_shift", "_last", "_shift", "_shows", "shifted")

    def __init__(self) -> None:
        self.shifted = False
        self._shows = False  # some source, which has not been left since
        self._shift = self._base_shift = 0
        self._last: tuple[int, int] | None = None  # of the source before, as they were sent

    def leave(self, source: Source) -> None:
        """Remember the numbers of the source's last picture, unless it was left before."""
        packet = source.newest if self._shows and source.codec.name == "vp8" else None
        self._shows = False
        if packet is None:
            return
        found = vp8_numbers(packet, payload_offset(packet))
        if found is not None:
            picture, base = found
            number = int.from_bytes(packet[picture : picture + 2])
            self._last = number + self._shift, packet[base] + self._base_shift if base else 0

    def begin(self, source: Source, packet: bytes, offset: int) -> None:
        """Go on with this packet from where the source before was left."""
        last, self._last, self._shows = self._last, None, True
        found = vp8_numbers(packet, offset) if last and source.codec.name == "vp8" else None
        if last is None or found is None:
            return
        picture, base = found
        number = int.from_bytes(packet[picture : picture + 2])
        self._shift = (last[0] + 1 - number) & 0x7FFF
        self._base_shift = (last[1] + 1 - packet[base]) & 0xFF if base else 0
        self.shifted = bool(self._shift or self._base_shift)

    def payload(self, packet: bytes, offset: int) -> bytes:
        """The payload with its picture numbered as the receiver counts."""
        found = vp8_numbers(packet, offset) if self.shifted else None
        if found is None:
            return packet[offset:]
        payload = bytearray(packet[offset:])
        picture, base = found[0] - offset, found[1] - offset
        number = int.from_bytes(payload[picture : picture + 2]) + self._shift
        payload[picture : picture + 2] = (number & 0x7FFF | 0x8000).to_bytes(2)
        if found[1]:
            payload[base] = (payload[base] + self._base_shift) & 0xFF
        return bytes(payload)
