"""Whose stream a packet is: the sources of one connection, and their repair streams, by SSRC."""

from collections.abc import Callable, Sequence
from typing import Protocol

from server.relay.layout import Layout
from server.relay.rtp import (
    HEADER,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    Arrived,
    Head,
    extensions,
)
from server.relay.sdp import Offer
from server.relay.source import Source

_MOST_SSRCS = 16  # libsrtp keeps state for each, for ever, and walks through all of them


_PADDING = 0x20
_OSN = 2  # bytes: the sequence number that a repaired packet had at first
_PLAIN = 0x80  # version 2 and nothing else

Noted = Callable[[tuple[int, float]], None]


class Taker(Protocol):
    """Takes decrypted packets."""

    def take(self, run: list[Arrived]) -> None: ...


class Resent:
    """The repair stream of one source (RFC 4588): its packets again, or padding to probe a line."""

    __slots__ = ("_layout", "_number", "_source")

    def __init__(self, source: Source, layout: Layout) -> None:
        self._source = source
        self._layout = layout
        self._number = source.codec.rtx

    def take(self, run: list[Arrived]) -> None:
        """Hand the packets that are inside to the source, as they were at first."""
        for packet, arrival, head in run:
            self._take(packet, arrival, head)

    def _take(self, packet: bytes, arrival: float, head: Head) -> None:
        first, second, _, stamp, _ = head
        at = self._layout.locate(packet, arrival)
        end = len(packet) - packet[-1] if first & _PADDING else len(packet)
        if second & 127 != self._number or at + _OSN >= end:
            return
        source = self._source
        seq = int.from_bytes(packet[at : at + _OSN])
        number = second & 0x80 | source.codec.payload_type
        inner = HEADER.pack(_PLAIN, number, seq, stamp, source.ssrc)
        source.resent(seq, inner + packet[at + _OSN : end])


class Streams:
    """``by_ssrc`` finds who takes a packet; ``admits`` before and ``identify`` after decrypting are
    for SSRCs that are not in it.
    """

    def __init__(
        self,
        offer: Offer,
        sources: Sequence[Source],
        layers: Sequence[Source],
        noted: Noted,
    ) -> None:
        """``sources``: one for each section that is taken; ``layers``: those of the camera, as the
        offer names them.
        """
        self.by_ssrc: dict[int, Taker] = {}
        self._strange: set[int] = set()  # rightly encrypted, but nobody's so far
        self._noted = noted
        self._transport = offer.sections[0].extensions.get(TRANSPORT_CC, -1)
        found: dict[str, int] = {}
        for section in offer.sections[: len(sources)]:
            found.update(section.extensions)
        self._ids = tuple(found.get(uri, -1) for uri in (MID, RID, REPAIRED_RID))
        self._microphone = sources[0]
        self._by_mid = {offer.sections[i].mid: sources[i] for i in range(len(sources))}
        self._layers = {
            (section.mid, name): layer
            for section in offer.sections[: len(sources)]
            for name, layer in zip(section.layers, layers, strict=False)
        }
        self._take_declared(offer, sources)

    def _take_declared(self, offer: Offer, sources: Sequence[Source]) -> None:
        for section, source in zip(offer.sections, sources, strict=False):
            if section.ssrcs and not section.layers:
                source.begin(section.ssrcs[0])
                self.by_ssrc[source.ssrc] = source
                for repair, media in section.repairs.items():
                    if media == source.ssrc and source.codec.rtx:
                        self.by_ssrc[repair] = self._resent(source)

    def _resent(self, source: Source) -> Resent:
        layout = Layout({TRANSPORT_CC: self._transport}, self._noted)
        return Resent(source, layout)

    def source(self, ssrc: int) -> Source | None:
        """The source that sends under this SSRC."""
        found = self.by_ssrc.get(ssrc)
        return found if isinstance(found, Source) else None

    def admits(self, ssrc: int) -> bool:
        """Whether a packet of an SSRC that nobody takes yet may be decrypted at all."""
        known = len(self.by_ssrc) + len(self._strange)
        return known < _MOST_SSRCS or ssrc in self._strange

    def identify(self, ssrc: int, packet: bytes) -> Taker | None:
        """Find whose stream an undeclared SSRC is: by its mid and layer, or as the only sound."""
        number = packet[1] & 127
        mid, layer, repaired = self._names(packet)
        source = self._layers.get((mid, layer or repaired)) or self._by_mid.get(mid)
        if source is None and number == self._microphone.codec.payload_type:
            source = self._microphone
        if source is None:
            self._strange.add(ssrc)
            return None
        self._strange.discard(ssrc)
        taker: Taker = source
        if source.codec.rtx and number == source.codec.rtx:
            taker = self._resent(source)
        else:
            source.begin(ssrc)
        self.by_ssrc[ssrc] = taker
        return taker

    def _names(self, packet: bytes) -> list[str]:
        found = extensions(packet)
        places = (found.get(ident, (0, 0)) for ident in self._ids)
        return [packet[at : at + size].decode("ascii", "replace") for at, size in places]
