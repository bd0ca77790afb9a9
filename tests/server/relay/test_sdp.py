"""Offers: what is taken from them, and that nothing in them can do worse than be refused."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from server.relay.answer import Local, write_answer
from server.relay.config import parse_announce
from server.relay.dtls import Fingerprint
from server.relay.errors import BadSdp, TooLarge
from server.relay.rtp import ABS_SEND_TIME
from server.relay.sdp import PLACES, SECTIONS, VOICES, parse_offer
from server.relay.stun import Credentials
from tests.server.relay import offers
from tests.server.relay.offers import make_offer

Change = Callable[[str], str]


def replaced(old: str, new: str, count: int = 1) -> Change:
    def change(sdp: str) -> str:
        assert old in sdp
        return sdp.replace(old, new, count)

    return change


BAD: dict[str, Change] = {
    "empty": lambda sdp: "",
    "not an offer": lambda sdp: "hello",
    "control characters": lambda sdp: "\0" + sdp,
    "only the session": lambda sdp: sdp[: sdp.index("m=")],
    "one section missing": lambda sdp: sdp[: sdp.rindex("m=")],
    "one section more": lambda sdp: sdp + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
    "sections in another order": replaced("m=audio", "m=video"),
    "an application section": replaced("m=audio", "m=application"),
    "no RTP": replaced("UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"),
    "no formats": replaced("SAVPF 111", "SAVPF"),
    "a forbidden direction": replaced("a=sendonly", "a=sendrecv"),
    "two directions": replaced("a=recvonly", "a=recvonly\r\na=sendonly"),
    "no direction": replaced("a=recvonly\r\n", ""),
    "no known codec": replaced("opus/48000/2", "PCMU/8000"),
    "no mid": replaced("a=mid:0\r\n", ""),
    "a mid twice": replaced("a=mid:1\r\n", "a=mid:0\r\n"),
    "a strange mid": replaced("a=mid:1\r\n", "a=mid:\u00e9\r\n"),
    "no bundle": replaced("a=group:BUNDLE", "a=group:LS"),
    "half a bundle": replaced(" 15\r\n", "\r\n"),
    "no mux": replaced("a=rtcp-mux\r\n", ""),
    "no ICE": replaced("a=ice-ufrag:abcd\r\n", "", 1),
    "no ICE password": replaced("a=ice-pwd:0123456789012345678901\r\n", "", 1),
    "no fingerprint": lambda sdp: re.sub("a=fingerprint.*\r\n", "", sdp),
    "a short fingerprint": lambda sdp: sdp.replace(offers.FINGERPRINT, "AB:CD"),
    "an unknown hash": replaced("a=fingerprint:sha-256", "a=fingerprint:md5", 99),
    "fingerprints without end": lambda sdp: sdp.replace(
        "a=setup", f"a=fingerprint:sha-256 {offers.FINGERPRINT}\r\n" * 9 + "a=setup", 1
    ),
    "no DTLS role": replaced("a=setup:actpass", "a=setup:passive"),
    "one id, two extensions": replaced("a=extmap:1 urn", "a=extmap:2 urn"),
    "lines without end": lambda sdp: sdp + "a=x\r\n" * 3000,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_offers_are_refused(name: str) -> None:
    with pytest.raises(BadSdp):
        parse_offer(BAD[name](make_offer()))


def test_an_offer_beyond_all_size_is_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        parse_offer(make_offer() + "a=" + "x" * 65536)
    assert refused.value.code == "sdp_too_large"


def test_an_offer() -> None:
    offer = parse_offer(make_offer())
    assert len(offer.sections) == SECTIONS
    assert offer.fingerprints == (Fingerprint("sha-256", offers.FINGERPRINT),)
    assert [section.mid for section in offer.sections] == [str(n) for n in range(SECTIONS)]
    microphone, camera = offer.sections[:2]
    assert [codec.name for codec in microphone.codecs] == ["opus"]
    assert [codec.payload_type for codec in camera.codecs] == [offers.VP8, offers.H264]
    assert camera.extensions[ABS_SEND_TIME] == offers.ABS_SEND_TIME
    assert camera.ssrcs == (1002,)


def test_vp8_is_preferred_wherever_it_stands() -> None:
    offer = parse_offer(make_offer(video=("h264", "vp8")))
    assert offer.sections[1].codecs[0].name == "vp8"


def test_h264_alone_will_do_with_packetization_mode_1() -> None:
    sdp = make_offer(video=("h264",))
    assert parse_offer(sdp).sections[1].codecs[0].name == "h264"
    with pytest.raises(BadSdp):
        parse_offer(sdp.replace("packetization-mode=1", "packetization-mode=0"))


def test_candidates_are_not_even_read() -> None:
    candidate = "a=candidate:x 1 udp 1 203.0.113.9 1 typ host\r\n"
    parse_offer(make_offer().replace("a=mid:0\r\n", "a=mid:0\r\n" + candidate * 200))
    parse_offer(make_offer().replace("a=mid:0\r\n", "a=mid:0\r\na=candidate:\r\n"))


def test_an_inactive_section_is_a_missing_device() -> None:
    offer = parse_offer(make_offer().replace("a=sendonly", "a=inactive", 1))
    assert [section.active for section in offer.sections[:2]] == [False, True]


@settings(max_examples=300)
@given(st.data())
def test_any_damage_to_an_offer(data: st.DataObject) -> None:
    lines = make_offer().split("\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        line = data.draw(st.integers(0, len(lines) - 1))
        at = data.draw(st.integers(0, len(lines[line])))
        lines[line] = lines[line][:at] + data.draw(st.text(max_size=6)) + lines[line][at + 2 :]
    with suppress(BadSdp):
        write_answer(parse_offer("\r\n".join(lines)), LOCAL)


LOCAL = Local(
    Credentials("local", "secret"),
    Fingerprint("sha-256", offers.FINGERPRINT),
    parse_announce("192.0.2.1,2001:db8::1"),
    4000,
    tuple(range(5000, 5019)),
    tuple(range(6000, 6019)),
)


def answer(sdp: str) -> SessionDescription:
    return SessionDescription.parse(write_answer(parse_offer(sdp), LOCAL))


def test_an_answer_as_another_parser_reads_it() -> None:
    parsed = answer(make_offer())
    assert len(parsed.media) == SECTIONS
    for number, media in enumerate(parsed.media):
        assert media.ice is not None
        assert media.ice.iceLite
        assert media.ice.usernameFragment == "local"
        assert media.dtls is not None
        assert media.dtls.role == "server"
        assert media.rtcp_mux
        assert media.direction == ("recvonly" if number < 3 else "sendonly")
        assert [c.ip for c in media.ice_candidates] == ["192.0.2.1", "2001:db8::1"]
        assert {c.port for c in media.ice_candidates} == {4000}


def test_an_answer_takes_one_codec_up_and_all_down() -> None:
    parsed = answer(make_offer())
    assert parsed.media[1].fmt == [offers.VP8]
    assert parsed.media[1].rtp.codecs[0].parameters["x-google-start-bitrate"] == "1500"
    assert parsed.media[9].fmt == [offers.VP8, offers.H264]


def test_an_answer_asks_for_transport_cc_up_and_remb_down() -> None:
    parsed = answer(make_offer())
    up, down = ({f.type for f in parsed.media[n].rtp.codecs[0].rtcpFeedback} for n in (1, 9))
    assert up == {"nack", "ccm", "transport-cc"}
    assert down == {"nack", "ccm", "goog-remb"}
    assert offers.TRANSPORT_CC in {e.id for e in parsed.media[1].rtp.headerExtensions}
    assert {e.id for e in parsed.media[9].rtp.headerExtensions} == {
        offers.AUDIO_LEVEL,
        offers.ABS_SEND_TIME,
    }


def test_repair_streams_are_taken_and_sent() -> None:
    sdp = make_offer(repairs=True)
    section = parse_offer(sdp).sections[1]
    assert section.codecs[0].rtx == offers.VP8_RTX
    assert section.repairs == {6002: 1002}
    parsed = answer(sdp)
    assert parsed.media[1].fmt == [offers.VP8, offers.VP8_RTX]
    assert parsed.media[9].fmt == [offers.VP8, offers.VP8_RTX, offers.H264, offers.H264_RTX]
    assert parsed.media[9].ssrc_group[0].items == [5006, 6006]
    assert not parsed.media[3].ssrc_group  # sound goes without


def test_layers_are_taken_as_they_are_named() -> None:
    sdp = make_offer(layers=("q", "h", "f"))
    assert parse_offer(sdp).sections[1].layers == ("q", "h", "f")
    written = write_answer(parse_offer(sdp), LOCAL)
    assert "a=simulcast:recv q;h;f" in written
    assert written.count("a=rid:") == 3
    assert f"a=extmap:{offers.RID} " in written


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("q,x;~h", ("q", "h")),
        ("q;h;f recv q", ("q", "h", "f")),
        ("q", ()),
        ("q;q", ()),
        ("q;h;f;g", ()),
        ("q;unknown", ()),
        ("q;" + "h" * 17, ()),
    ],
)
def test_layers_as_browsers_and_others_write_them(said: str, meant: tuple[str, ...]) -> None:
    sdp = make_offer(layers=("q", "h", "f", "g", "h" * 17)).replace(
        f"a=simulcast:send q;h;f;g;{'h' * 17}", f"a=simulcast:send {said}"
    )
    assert parse_offer(sdp).sections[1].layers == meant


def test_six_more_voices_may_be_asked_for() -> None:
    parsed = answer(make_offer(voices=VOICES))
    assert [media.msid for media in parsed.media[16:]] == [
        f"place{place} place{place}-audio" for place in range(PLACES, PLACES + VOICES)
    ]
    for count in (1, VOICES - 1, VOICES + 1):
        with pytest.raises(BadSdp):
            parse_offer(make_offer(voices=count))


def test_of_who_has_no_place_with_a_picture_only_the_microphone_is_taken() -> None:
    local = replace(LOCAL, taken=1)
    parsed = SessionDescription.parse(write_answer(parse_offer(make_offer()), local))
    assert [one.direction for one in parsed.media[:3]] == ["recvonly", "inactive", "inactive"]


def test_sound_and_picture_of_a_place_are_one_stream() -> None:
    parsed = answer(make_offer())
    assert (parsed.media[6].msid, parsed.media[12].msid) == (
        "place3 place3-audio",
        "place3 place3-video",
    )
    assert parsed.media[15].msid == "screen screen-video"
    assert [media.ssrc[0].ssrc for media in parsed.media[3:]] == list(LOCAL.ssrcs[:13])
