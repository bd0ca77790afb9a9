"""Answers: what we take of an offer, written as SDP."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.relay.config import Address
from server.relay.dtls import Fingerprint
from server.relay.rtp import ABS_SEND_TIME, AUDIO_LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC
from server.relay.sdp import PLACES, UPLINKS, Codec, Offer, Section
from server.relay.stun import Credentials

# From 300 kbit/s, where it would otherwise start, Chromium needs many seconds to a clear picture.
_START_KBPS = 1500
_FEEDBACK_UP = ("nack", "nack pli", "ccm fir", "transport-cc")
_FEEDBACK_DOWN = ("nack", "nack pli", "ccm fir", "goog-remb")
_RTPMAPS = {"opus": "opus/48000/2", "vp8": "VP8/90000", "h264": "H264/90000"}
_EXTENSIONS_UP = (AUDIO_LEVEL, TRANSPORT_CC, MID)
_EXTENSIONS_LAYERS = (RID, REPAIRED_RID)
_EXTENSIONS_DOWN = (AUDIO_LEVEL, ABS_SEND_TIME)


@dataclass(frozen=True, slots=True)
class Local:
    """Our side of one peer connection. ``ssrcs`` has one for each section that we send in.

    ``repairs`` are the repair streams' SSRCs, likewise. ``taken``: so many of the uplinks are
    taken, all, or of who takes part by sound alone the microphone.
    """

    credentials: Credentials
    fingerprint: Fingerprint
    announce: tuple[Address, ...]
    port: int
    ssrcs: tuple[int, ...]
    repairs: tuple[int, ...]
    taken: int = UPLINKS


def write_answer(offer: Offer, local: Local) -> str:
    """Write the answer to ``offer``."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(section.mid for section in offer.sections)}",
        "a=msid-semantic: WMS *",
    ]
    for number, section in enumerate(offer.sections):
        uplink = number < UPLINKS
        codecs = section.codecs[:1] if uplink else section.codecs
        lines += _transport(section, codecs, local)
        if uplink:
            lines += _uplink(section, number < local.taken)
        else:
            lines += _downlink(number - UPLINKS, section, local)
    return "\r\n".join(lines) + "\r\n"


def _transport(section: Section, codecs: tuple[Codec, ...], local: Local) -> Iterator[str]:
    every = [number for c in codecs for number in (c.payload_type, c.rtx) if number]
    numbers = " ".join(map(str, every))
    yield f"m={section.kind} {local.port} UDP/TLS/RTP/SAVPF {numbers}"
    yield f"c=IN IP{local.announce[0].version} {local.announce[0]}"
    yield f"a=mid:{section.mid}"
    yield f"a=ice-ufrag:{local.credentials.ufrag}"
    yield f"a=ice-pwd:{local.credentials.password}"
    yield f"a=fingerprint:{local.fingerprint.algorithm} {local.fingerprint.value}"
    yield "a=setup:passive"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for number, address in enumerate(local.announce):
        priority = 126 << 24 | (65535 - number) << 8 | 255
        yield f"a=candidate:{number + 1} 1 udp {priority} {address} {local.port} typ host"
    yield "a=end-of-candidates"


def _uplink(section: Section, taken: bool) -> Iterator[str]:
    yield "a=recvonly" if section.active and taken else "a=inactive"
    yield from _extmaps(section, _EXTENSIONS_UP)
    codec = section.codecs[0]
    yield from _codec(codec, _FEEDBACK_UP)
    yield from _fmtp(codec, f"x-google-start-bitrate={_START_KBPS}")
    yield from _rtx(codec)
    if section.layers:
        yield from _extmaps(section, _EXTENSIONS_LAYERS)
        for name in section.layers:
            yield f"a=rid:{name} recv"
        yield f"a=simulcast:recv {';'.join(section.layers)}"


def _downlink(slot: int, section: Section, local: Local) -> Iterator[str]:
    yield "a=sendonly" if section.active else "a=inactive"
    yield from _extmaps(section, _EXTENSIONS_DOWN)
    for codec in section.codecs:
        yield from _codec(codec, _FEEDBACK_DOWN)
        yield from _fmtp(codec, "")
        yield from _rtx(codec)
    # Audio and video of one place are one stream: the browser keeps them in step.
    stream = _stream(slot)
    yield f"a=msid:{stream} {stream}-{section.kind}"
    main, repair = local.ssrcs[slot], local.repairs[slot]
    yield f"a=ssrc:{main} cname:{stream}"  # browsers take the first for the stream itself
    if any(codec.rtx for codec in section.codecs):
        yield f"a=ssrc:{repair} cname:{stream}"
        yield f"a=ssrc-group:FID {main} {repair}"


def _stream(slot: int) -> str:
    if slot > 2 * PLACES:
        return f"place{slot - PLACES - 1}"
    return "screen" if slot == 2 * PLACES else f"place{slot % PLACES}"


def _extmaps(section: Section, accepted: tuple[str, ...]) -> Iterator[str]:
    for uri in accepted:
        if uri in section.extensions:
            yield f"a=extmap:{section.extensions[uri]} {uri}"


def _codec(codec: Codec, feedback: tuple[str, ...]) -> Iterator[str]:
    yield f"a=rtpmap:{codec.payload_type} {_RTPMAPS[codec.name]}"
    for what in feedback:
        if what in codec.feedback:
            yield f"a=rtcp-fb:{codec.payload_type} {what}"


def _rtx(codec: Codec) -> Iterator[str]:
    if codec.rtx:
        yield f"a=rtpmap:{codec.rtx} rtx/90000"
        yield f"a=fmtp:{codec.rtx} apt={codec.payload_type}"


def _fmtp(codec: Codec, video: str) -> Iterator[str]:
    if codec.name == "opus":
        yield f"a=fmtp:{codec.payload_type} minptime=10;useinbandfec=1"
    elif parts := ";".join(part for part in (codec.fmtp, video) if part):
        yield f"a=fmtp:{codec.payload_type} {parts}"
