"""The known media must be readable, or every test that looks at pictures proves nothing."""

import wave
from array import array
from pathlib import Path

import pytest

from tests.support.media import (
    FRAMES,
    HEIGHT,
    LAWYER,
    PERSONAS,
    SAMPLE_RATE,
    WIDTH,
    Persona,
    Plane,
    picture,
    read_number,
    read_persona,
    tone_share,
    write_fake_media,
)


def planes(frame: bytes) -> tuple[Plane, Plane, Plane]:
    luma, half = WIDTH * HEIGHT, (WIDTH // 2) * (HEIGHT // 2)
    return (
        Plane(frame[:luma], WIDTH, HEIGHT, WIDTH),
        Plane(frame[luma : luma + half], WIDTH // 2, HEIGHT // 2, WIDTH // 2),
        Plane(frame[luma + half :], WIDTH // 2, HEIGHT // 2, WIDTH // 2),
    )


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
@pytest.mark.parametrize("number", [0, 1, 31, FRAMES - 1])
def test_a_picture_tells_who_and_which(persona: Persona, number: int) -> None:
    luma, u, v = planes(picture(persona, number))
    assert read_number(luma) == number
    assert read_persona(u, v) == persona


def test_a_grey_picture_is_nobodys() -> None:
    grey = Plane(bytes([128]) * 64 * 36, 64, 36, 64)
    assert read_number(grey) is None
    assert read_persona(grey, grey) is None


def test_the_tone_is_in_its_file_and_no_other_is(tmp_path: Path) -> None:
    media = write_fake_media(LAWYER, tmp_path)
    with wave.open(str(media.audio)) as audio:
        samples = array("h", audio.readframes(SAMPLE_RATE // 10))
    shares = {persona: tone_share(samples, SAMPLE_RATE, persona.tone_hz) for persona in PERSONAS}
    assert shares[LAWYER] > 0.9
    assert max(share for persona, share in shares.items() if persona != LAWYER) < 0.05


def test_silence_has_no_tone() -> None:
    assert tone_share([0.0] * 480, SAMPLE_RATE, 440) == 0
