"""Hostile packets against what finds their streams, repairs them and numbers their pictures."""

from recordings.model import TrackKind
from server.relay.clock import Clock
from server.relay.layout import Layout
from server.relay.pictures import Pictures
from server.relay.rtp import HEADER, TRANSPORT_CC, payload_offset, vp8_numbers
from server.relay.sdp import parse_offer
from server.relay.source import Source
from server.relay.streams import Streams
from tests.server.relay.light_client import rtp_packet
from tests.server.relay.offers import make_offer

_OFFER = parse_offer(make_offer(repairs=True, layers=("q", "h", "f")))


def fuzz_streams(data: bytes) -> None:
    """Finds whose packet it is, takes it twice, and rewrites nothing but a picture's numbers."""
    packet = data.ljust(12, b"\0")
    _Streams().take(packet)
    _number_pictures(packet, payload_offset(packet))


def _number_pictures(packet: bytes, offset: int) -> None:
    """A picture's numbers are changed in place, and nothing else is."""
    if (found := vp8_numbers(packet, offset)) is None:
        return
    before = Pictures()
    source = _Streams().sources[1]
    source.begin(1)
    first = rtp_packet(96, 5, 5, 1, b"\x90\xc0\x81\x02\x03\x10" + bytes(9), True)
    source.receive(first)
    before.begin(source, first, payload_offset(first))
    before.leave(source)
    before.begin(source, packet, offset)
    payload = before.payload(packet, offset)
    assert len(payload) == len(packet) - offset
    assert int.from_bytes(payload[found[0] - offset :][:2]) & 0x7FFF == 0x0103


class _Streams:
    """A connection's streams, with a camera in layers and repairs of everything."""

    def __init__(self) -> None:
        clock = Clock()
        publisher = _Publisher()
        layout = {TRANSPORT_CC: 3}

        def source(number: int) -> Source:
            codec = _OFFER.sections[number].codecs[0]
            kinds = (TrackKind.MICROPHONE, TrackKind.CAMERA, TrackKind.SCREEN)
            made = Layout(layout, lambda seen: None)
            return Source(kinds[number], codec, made, clock, publisher)

        self.sources = [source(number) for number in range(3)]
        layers = [source(1), source(1), self.sources[1]]
        self._streams = Streams(_OFFER, self.sources, layers, lambda seen: None)

    def take(self, packet: bytes) -> None:
        """Hand a packet to whomever it is for, as a peer does."""
        ssrc = int.from_bytes(packet[8:12])
        found = self._streams.by_ssrc.get(ssrc) or self._streams.identify(ssrc, packet)
        if found is not None:
            found.take([(packet, 0.0, HEADER.unpack_from(packet))] * 2)


class _Publisher:
    def feedback(self, packet: bytes) -> None: ...

    def source_started(self, source: Source) -> None: ...

    def ours(self, unix: float) -> float:
        return unix
