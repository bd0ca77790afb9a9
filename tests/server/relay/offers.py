"""Offers as a browser makes them, without a browser."""

from collections.abc import Iterable, Sequence

from server.relay.sdp import PLACES

FINGERPRINT = ":".join(["AB"] * 32)
AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_CC, MID, RID, REPAIRED_RID = 1, 2, 3, 4, 5, 6
OPUS, VP8, H264 = 111, 96, 102
VP8_RTX, H264_RTX = 97, 103
UNKNOWN = 120  # payload type that no offer of ours names

_EXTENSIONS = (
    f"a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    f"a=extmap:{ABS_SEND_TIME} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    f"a=extmap:{TRANSPORT_CC} http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01",
    f"a=extmap:{MID} urn:ietf:params:rtp-hdrext:sdes:mid",
    f"a=extmap:{RID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    f"a=extmap:{REPAIRED_RID} urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
)
_FEEDBACK = ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli")


def make_offer(
    fingerprint: str = FINGERPRINT,
    ufrag: str = "abcd",
    ssrcs: tuple[int, int, int] = (1001, 1002, 1003),
    video: Iterable[str] = ("vp8", "h264"),
    repairs: bool = False,
    layers: Sequence[str] = (),
    voices: int = 0,
) -> str:
    """Write an offer in the order that the relay fixes.

    With ``repairs`` each video codec has RTX, and each stream that is sent one for it, whose SSRC
    is 5000 above; ``layers`` are the camera's; ``voices``: so many more sections for sound.
    """
    kinds = ["audio", "video", "video", *["audio"] * PLACES, *["video"] * (PLACES + 1)]
    kinds += ["audio"] * voices
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines.append(f"a=group:BUNDLE {' '.join(str(mid) for mid in range(len(kinds)))}")
    for mid, kind in enumerate(kinds):
        codecs = ["opus"] if kind == "audio" else list(video)
        numbers = " ".join(str(number) for c in codecs for number in _numbers(c, repairs))
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
            if repairs and kind == "video":
                number, rtx = _numbers(codec, repairs)
                lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={number}"]
        if mid == 1 and layers:
            lines += [f"a=rid:{name} send" for name in layers]
            lines.append(f"a=simulcast:send {';'.join(layers)}")
        elif mid < 3:
            lines.append(f"a=ssrc:{ssrcs[mid]} cname:me")
            if repairs and kind == "video":
                lines.append(f"a=ssrc-group:FID {ssrcs[mid]} {ssrcs[mid] + 5000}")
                lines.append(f"a=ssrc:{ssrcs[mid] + 5000} cname:me")
    return "\r\n".join(lines) + "\r\n"


def _numbers(codec: str, repairs: bool) -> tuple[int, ...]:
    number = {"opus": OPUS, "vp8": VP8, "h264": H264}[codec]
    return (number, number + 1) if repairs and codec != "opus" else (number,)


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
