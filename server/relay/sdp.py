"""Offers: from text of a browser (or of someone hostile) to a typed Offer.

The sections and their order are fixed, so that nothing is ever renegotiated:

    0 microphone, 1 camera, 2 screen      the browser sends
    3..8  audio of place 0..5             the browser receives
    9..14 video of place 0..5
    15    the room's screen
    16..21 audio of place 6..11, who take part by sound alone; a page may leave these six out

Candidates are not even read: we answer whoever proves to know the password, and call nobody.
"""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from server.relay.dtls import FINGERPRINTS, Fingerprint
from server.relay.errors import BadSdp, TooLarge

PLACES = 6
VOICES = 6
UPLINKS = 3
SECTIONS = UPLINKS + 2 * PLACES + 1
_PICTURED = ("audio", "video", "video", *["audio"] * PLACES, *["video"] * (PLACES + 1))
_KINDS = (*_PICTURED, *["audio"] * VOICES)

_MOST_BYTES = 64 * 1024
_MOST_LINES = 2000
_MOST_SSRCS = 4
MOST_LAYERS = 3
_MOST_FINGERPRINTS = 4

_MEDIA = re.compile(r"(audio|video) \d{1,5} UDP/TLS/RTP/SAVPF((?: \d{1,3})+)")
_RTPMAP = re.compile(r"(\d{1,3}) (opus/48000/2|vp8/90000|h264/90000)", re.IGNORECASE)
_RTX = re.compile(r"(\d{1,3}) (rtx/90000)", re.IGNORECASE)
_REPAIRS = re.compile(r"(\d{1,3}) apt=(\d{1,3})(?:;.{0,100})?")
_GROUP = re.compile(r"FID (\d{1,10}) (\d{1,10})")
_SIMULCAST = re.compile(r"send (\S{1,100})(?: recv \S{1,100})?")
_RID = re.compile(r"[A-Za-z0-9]{1,16}")
_FMTP = re.compile(r"(\d{1,3}) (\S.{0,300})")
_FEEDBACK = re.compile(r"(\d{1,3}|\*) (\S.{0,40})")
_EXTMAP = re.compile(r"(\d{1,2})(?:/[a-z]+)? (\S{1,200})")
_FINGERPRINT = re.compile(r"(\S+) ([0-9A-F]{2}(?::[0-9A-F]{2}){31,63})", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9+/_.-]{1,64}")
_SSRC = re.compile(r"(\d{1,10}) ")


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec that the browser offers, with its own number for it."""

    name: str  # "opus", "vp8" or "h264"
    payload_type: int
    fmtp: str
    feedback: frozenset[str]
    rtx: int = 0  # the number for repairs of it (RFC 4588); 0 without


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line. ``codecs`` are the usable ones, the one to prefer first; ids by URI.

    ``layers`` names the simulcast layers, the smallest picture first; empty without. ``repairs``
    has the stream that each repair stream is for, by SSRC.
    """

    mid: str
    kind: str
    active: bool
    codecs: tuple[Codec, ...]
    extensions: dict[str, int]
    ssrcs: tuple[int, ...]
    layers: tuple[str, ...] = ()
    repairs: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer that can be answered: SECTIONS sections, or VOICES more, bundled."""

    ufrag: str
    fingerprints: tuple[Fingerprint, ...]
    sections: tuple[Section, ...]


def parse_offer(text: str) -> Offer:
    """Read an offer. Raises BadSdp, or TooLarge ``sdp_too_large`` over 64 KiB."""
    if len(text.encode("utf-8", "replace")) > _MOST_BYTES:
        raise TooLarge("an offer has at most 64 KiB", "sdp_too_large")
    session, media = _split(text)
    if len(media) not in (SECTIONS, SECTIONS + VOICES):
        _bad(f"an offer has {SECTIONS} sections, or {SECTIONS + VOICES}")
    sections = tuple(
        _section(lines, kind, number < UPLINKS)
        for number, (lines, kind) in enumerate(zip(media, _KINDS, strict=False))
    )
    _check_bundle(session, sections)
    _check_extensions(sections)
    # With BUNDLE, what the first section says of the transport holds for all.
    transport = [*session, *media[0]]
    if not {"actpass", "active"} & set(_values(transport, "setup")):
        _bad("the browser must be able to start DTLS")
    return Offer(_ufrag(transport), _fingerprints(transport), sections)


def _bad(message: str) -> NoReturn:
    raise BadSdp(message)


def _split(text: str) -> tuple[list[str], list[list[str]]]:
    lines = text.splitlines()
    if not lines or lines[0] != "v=0" or len(lines) > _MOST_LINES:
        _bad("this is no session description")
    session: list[str] = []
    media: list[list[str]] = []
    for line in lines:
        if line.startswith("m="):
            media.append([])
        (media[-1] if media else session).append(line)
    return session, media


def _values(lines: list[str], name: str) -> list[str]:
    prefix = f"a={name}:"
    return [line[len(prefix) :].strip() for line in lines if line.startswith(prefix)]


def _section(lines: list[str], kind: str, uplink: bool) -> Section:
    media = _MEDIA.fullmatch(lines[0][2:].strip())
    if media is None or media[1] != kind:
        _bad("a section is of the wrong kind")
    mids = _values(lines, "mid")
    if len(mids) != 1 or not _TOKEN.fullmatch(mids[0]) or len(mids[0]) > 16:
        _bad("a section needs one mid of 1 to 16 characters")
    if "a=rtcp-mux" not in (line.strip() for line in lines):
        _bad("rtcp-mux is needed")
    codecs = _codecs(lines, {int(number) for number in media[2].split()})
    if not codecs:
        _bad("a section offers no codec that we know")
    return Section(
        mid=mids[0],
        kind=kind,
        active=_active(lines, "sendonly" if uplink else "recvonly"),
        codecs=codecs,
        extensions=_extensions(lines),
        ssrcs=_ssrcs(lines),
        layers=_layers(lines) if uplink and kind == "video" else (),
        repairs=_repairs(lines),
    )


def _active(lines: list[str], wanted: str) -> bool:
    found = {"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"} & {s.strip() for s in lines}
    if found not in ({f"a={wanted}"}, {"a=inactive"}):
        _bad(f"a section must be {wanted}")
    return "a=inactive" not in found


def _codecs(lines: list[str], numbers: set[int]) -> tuple[Codec, ...]:
    fmtp = dict(_pairs(lines, "fmtp", _FMTP))
    feedback = _pairs(lines, "rtcp-fb", _FEEDBACK)
    kind = "audio" if lines[0].startswith("m=audio") else "video"
    repairs = _repair_numbers(lines, numbers)
    found = []
    for number, name in _pairs(lines, "rtpmap", _RTPMAP):
        codec = Codec(
            name=name.partition("/")[0].lower(),
            payload_type=int(number),
            fmtp=fmtp.get(number, ""),
            feedback=frozenset(what for whom, what in feedback if whom in (number, "*")),
            rtx=repairs.get(number, 0),
        )
        if int(number) in numbers and int(number) < 128 and _usable(codec, kind):
            found.append(codec)
    found.sort(key=_preference)
    # One number a codec is enough: the browser takes any that it offered.
    return tuple(
        codec for i, codec in enumerate(found) if i == 0 or codec.name != found[i - 1].name
    )


def _repair_numbers(lines: list[str], numbers: set[int]) -> dict[str, int]:
    """The repair format of each format that has one."""
    formats = {number for number, _ in _pairs(lines, "rtpmap", _RTX)}
    return {
        repaired: int(number)
        for number, repaired in _pairs(lines, "fmtp", _REPAIRS)
        if number in formats and int(number) in numbers and int(number) < 128
    }


def _layers(lines: list[str]) -> tuple[str, ...]:
    """The offered layers; none if there are too many, or if they are not what they say."""
    offers = [match[1] for v in _values(lines, "simulcast") if (match := _SIMULCAST.fullmatch(v))]
    names = [one.partition(",")[0].removeprefix("~") for one in "".join(offers[:1]).split(";")]
    known = {value.partition(" ")[0] for value in _values(lines, "rid") if " send" in value}
    good = all(_RID.fullmatch(name) and name in known for name in names)
    if not good or len(set(names)) != len(names) or not 1 < len(names) <= MOST_LAYERS:
        return ()
    return tuple(names)


def _repairs(lines: list[str]) -> dict[int, int]:
    groups = [match for v in _values(lines, "ssrc-group") if (match := _GROUP.fullmatch(v))]
    pairs = [(int(match[2]), int(match[1])) for match in groups[:_MOST_SSRCS]]
    return {repair: media for repair, media in pairs if repair != media}


def _usable(codec: Codec, kind: str) -> bool:
    if (codec.name == "opus") != (kind == "audio"):
        return False
    return codec.name != "h264" or "packetization-mode=1" in codec.fmtp


def _preference(codec: Codec) -> tuple[bool, bool]:
    return codec.name != "vp8", "profile-level-id=42e0" not in codec.fmtp.lower()


def _pairs(lines: list[str], name: str, shape: re.Pattern[str]) -> list[tuple[str, str]]:
    matches: list[re.Match[str] | None] = [shape.fullmatch(v) for v in _values(lines, name)]
    return [(match[1], match[2]) for match in matches if match]


def _extensions(lines: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, uri in _pairs(lines, "extmap", _EXTMAP):
        if 1 <= int(number) <= 14:  # what the one-byte form can say
            found.setdefault(uri, int(number))
    return found


def _ssrcs(lines: list[str]) -> tuple[int, ...]:
    """The first is the media's, others are repairs."""
    numbers = [int(match[1]) for v in _values(lines, "ssrc") if (match := _SSRC.match(v))]
    return tuple(dict.fromkeys(n for n in numbers if 0 < n < 1 << 32))[:_MOST_SSRCS]


def _check_bundle(session: list[str], sections: tuple[Section, ...]) -> None:
    mids = [section.mid for section in sections]
    bundles = [group.split()[1:] for group in _values(session, "group") if group[:7] == "BUNDLE "]
    if len(set(mids)) != len(mids) or mids not in bundles:
        _bad("all sections must be bundled, under different mids")


def _check_extensions(sections: tuple[Section, ...]) -> None:
    names: dict[int, str] = {}
    for section in sections:
        for uri, number in section.extensions.items():
            if names.setdefault(number, uri) != uri:
                _bad("one extension id means two things in one bundle")


def _ufrag(lines: list[str]) -> str:
    found = _values(lines, "ice-ufrag")
    if not found or not _TOKEN.fullmatch(found[0]) or not _values(lines, "ice-pwd"):
        _bad("ICE credentials are missing")
    return found[0]


def _fingerprints(lines: list[str]) -> tuple[Fingerprint, ...]:
    found = []
    for algorithm, value in _pairs(lines, "fingerprint", _FINGERPRINT):
        if algorithm.lower() in FINGERPRINTS:
            found.append(Fingerprint(algorithm.lower(), value.upper()))
    if not 0 < len(found) <= _MOST_FINGERPRINTS:
        _bad("a fingerprint with a known algorithm is needed")
    return tuple(found)
