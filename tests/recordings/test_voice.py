"""Who spoke when, read from real Opus of real segments."""

from array import array
from pathlib import Path

import av
import pytest

from recordings.media_file import open_media, read_all
from recordings.model import Codec
from recordings.voice import voice
from tests.recordings import media
from tests.recordings.desk import desk, vault_in
from tests.recordings.media import Coded

NOISE = [(n * 7919) % 4001 - 2000 for n in range(960)]


def spoken(*seconds: bool) -> tuple[Coded, ...]:
    """A second of a rough sound, or of silence, for each."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout, context.format = 48000, "mono", "s16"
    context.bit_rate = 32000
    context.options = {"vbr": "on", "application": "voip"}
    context.open()
    coded: list[Coded] = []
    for number in range(len(seconds) * 50):
        frame = av.AudioFrame("s16", "mono", 960)
        frame.sample_rate, frame.pts = 48000, number * 960
        samples = NOISE if seconds[number // 50] else [0] * 960
        frame.planes[0].update(array("h", samples).tobytes())
        coded += [Coded(len(coded) * 0.02, bytes(packet)) for packet in context.encode(frame)]
    return tuple(coded)


@pytest.mark.parametrize("encrypted", [False, True])
def test_seconds_in_which_somebody_speaks_stand_out(tmp_path: Path, encrypted: bool) -> None:
    vault = vault_in(tmp_path / "keys") if encrypted else None
    pattern = (True, True, False, False, True, False)
    with desk(tmp_path / "recordings", vault=vault) as it:
        it.feed((it.microphone(), media.packets(Codec.OPUS, spoken(*pattern))))
        it.close()
        (segment,) = it.folder.glob("*/microphone-*")
        levels = voice(read_all(open_media(segment, vault)))
    assert len(levels) == len(pattern)
    # The encoder itself takes a moment to follow: the first silent second may still hold some.
    assert [level >= 2 for level in levels][:2] == [True, True]
    assert (levels[3], levels[5]) == (0, 0)
    assert levels[4] >= 2


def test_what_is_no_segment_has_no_voice() -> None:
    assert voice(b"") == []
    assert voice(b"\x1a\x45\xdf\xa3" + bytes(50)) == []
    assert voice(bytes(range(256)) * 4) == []
