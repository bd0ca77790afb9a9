"""Where things are in the packets of one stream. A browser lays out every packet of a stream alike,
so the extensions are searched once and later packets are only compared with what was found.
"""

from collections.abc import Callable

from server.relay.rtp import AUDIO_LEVEL, TRANSPORT_CC, extensions, payload_offset

_PLAIN = 0x90  # version 2, an extension block, no contributing sources, no padding


class Layout:
    """``locate`` finds the payload, and notes the transport sequence number and the audio level."""

    __slots__ = (
        "_cc_at",
        "_cc_id",
        "_cc_tag",
        "_head",
        "_level_at",
        "_level_id",
        "_level_tag",
        "_noted",
        "_offset",
        "level",
    )

    def __init__(
        self, identifiers: dict[str, int], noted: Callable[[tuple[int, float]], None]
    ) -> None:
        """``identifiers`` are the extensions to expect, by URI; a packet without one of them takes
        the slow way. ``noted`` takes (transport sequence number, arrival) of each packet.
        """
        self._cc_id = identifiers.get(TRANSPORT_CC, -1)
        self._level_id = identifiers.get(AUDIO_LEVEL, -1)
        self._noted = noted
        self._head = b""
        self._offset = self._cc_at = self._level_at = 0
        self._cc_tag = self._level_tag = 0
        self.level = 0  # as in the extension: speech flag and 0..127 -dBov

    def locate(self, packet: bytes, arrival: float) -> int:
        """Return where the payload begins; past the end of the packet if it is malformed."""
        at = self._cc_at
        if (
            packet[0] == _PLAIN
            and packet[12:16] == self._head
            and len(packet) >= self._offset
            and packet[at] == self._cc_tag
            and packet[self._level_at] == self._level_tag
        ):
            self._noted((packet[at + 1] << 8 | packet[at + 2], arrival))
            if self._level_id > 0:
                self.level = packet[self._level_at + 1]
            return self._offset
        return self._search(packet, arrival)

    def _search(self, packet: bytes, arrival: float) -> int:
        offset = payload_offset(packet)
        found = extensions(packet)
        counter, size = found.get(self._cc_id, (0, 0))
        if size == 2:
            self._noted((packet[counter] << 8 | packet[counter + 1], arrival))
        level, level_size = found.get(self._level_id, (0, 0))
        if level_size == 1:
            self.level = packet[level]
        whole = size == 2 and (level_size == 1 or self._level_id < 0)
        if whole and packet[0] == _PLAIN:
            self._learn(packet, offset, counter - 1, level - 1 if level else counter - 1)
        return offset

    def _learn(self, packet: bytes, offset: int, counter: int, level: int) -> None:
        self._head = packet[12:16]
        self._offset = offset
        self._cc_at, self._cc_tag = counter, packet[counter]
        self._level_at, self._level_tag = level, packet[level]
