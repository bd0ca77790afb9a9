"""Offers as a browser makes them, without a browser."""

from collections.abc import Iterable

from server.relay.sdp import PLACES

FINGERPRINT = ":".join(["AB"] * 32)
AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_CC, MID = 1, 2, 3, 4
OPUS, VP8, H264 = 111, 96, 102

_EXTENSIONS = (
    f"a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    f"a=extmap:{ABS_SEND_TIME} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    f"a=extmap:{TRANSPORT_CC} http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01",
    f"a=extmap:{MID} urn:ietf:params:rtp-hdrext:sdes:mid",
)
_FEEDBACK = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")


def make_offer(
    fingerprint: str = FINGERPRINT,
    ufrag: str = "abcd",
    ssrcs: tuple[int, int, int] = (1001, 1002, 1003),
    video: Iterable[str] = ("vp8", "h264"),
) -> str:
    """Write an offer in the order that the relay fixes."""
    kinds = ["audio", "video", "video", *["audio"] * PLACES, *["video"] * (PLACES + 1)]
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append(f"a=group:BUNDLE {' '.join(str(mid) for mid in range(len(kinds)))}")
    for mid, kind in enumerate(kinds):
        codecs = ["opus"] if kind == "audio" else list(video)
        numbers = " ".join(str({"opus": OPUS, "vp8": VP8, "h264": H264}[c]) for c in codecs)
        lines += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {numbers}",
            "c=IN IP4 0.0.0.0",
            f"a=ice-ufrag:{ufrag}",
            "a=ice-pwd:0123456789012345678901",
            f"a=fingerprint:sha-256 {fingerprint}",
            "a=setup:actpass",
            f"a=mid:{mid}",
            "a=sendonly" if mid < 3 else "a=recvonly",
            "a=rtcp-mux",
            *_EXTENSIONS,
        ]
        for codec in codecs:
            lines += _codec(codec)
        if mid < 3:
            lines.append(f"a=ssrc:{ssrcs[mid]} cname:me")
    return "\r\n".join(lines) + "\r\n"


def _codec(name: str) -> list[str]:
    if name == "opus":
        return [f"a=rtpmap:{OPUS} opus/48000/2", f"a=rtcp-fb:{OPUS} transport-cc"]
    number, rtpmap = (VP8, "VP8/90000") if name == "vp8" else (H264, "H264/90000")
    lines = [f"a=rtpmap:{number} {rtpmap}"]
    lines += [f"a=rtcp-fb:{number} {feedback}" for feedback in _FEEDBACK]
    if name == "h264":
        lines.append(
            f"a=fmtp:{number} level-asymmetry-allowed=1;packetization-mode=1;"
            "profile-level-id=42e01f"
        )
    return lines
