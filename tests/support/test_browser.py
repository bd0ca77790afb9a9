"""A page's camera and microphone are the known picture and tone."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route

from tests.support.media import LAWYER, MEDIATOR, Persona, Plane, read_number, read_persona
from tests.support.waiting import eventually

# Reads the camera through a canvas as three planes (BT.601, full range, one value per pixel) and
# the microphone's loudest frequency.
LOOK = """
async () => {
  if (!window.video) {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    window.video = Object.assign(document.createElement("video"), { muted: true });
    video.srcObject = stream;
    await video.play();
    const audio = new AudioContext();
    window.analyser = new AnalyserNode(audio, { fftSize: 8192 });
    audio.createMediaStreamSource(stream).connect(analyser);
  }
  const canvas = new OffscreenCanvas(160, 90);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 160, 90);
  const pixels = context.getImageData(0, 0, 160, 90).data;
  const planes = { y: [], u: [], v: [] };
  for (let at = 0; at < pixels.length; at += 4) {
    const [r, g, b] = pixels.slice(at, at + 3);
    const luma = 0.299 * r + 0.587 * g + 0.114 * b;
    planes.y.push(Math.round(luma));
    planes.u.push(Math.round(128 + 0.564 * (b - luma)));
    planes.v.push(Math.round(128 + 0.713 * (r - luma)));
  }
  const spectrum = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(spectrum);
  const loudest = spectrum.indexOf(Math.max(...spectrum));
  return { ...planes, hertz: (loudest * analyser.context.sampleRate) / analyser.fftSize };
}
"""


async def blank_page(browser: Browser) -> Page:
    """An empty page of a secure origin, or there would be no devices."""

    async def answer(route: Route) -> None:
        await route.fulfill(body="<!doctype html>", content_type="text/html")

    page = await browser.new_page()
    await page.route("**/*", answer)
    await page.goto("http://localhost/")
    return page


@pytest.mark.e2e
@pytest.mark.parametrize("persona", [LAWYER, MEDIATOR], ids=lambda persona: persona.name)
async def test_a_page_sees_and_hears_the_persona(
    open_browser: Callable[[Persona], Awaitable[Browser]], persona: Persona
) -> None:
    page = await blank_page(await open_browser(persona))
    numbers: set[int | None] = set()

    async def seen_and_heard() -> bool:
        look: dict[str, Any] = await page.evaluate(LOOK)
        y, u, v = (Plane(bytes(look[name]), 160, 90, 160) for name in "yuv")
        numbers.add(read_number(y))
        return read_persona(u, v) == persona and abs(look["hertz"] - persona.tone_hz) < 20

    async def moving() -> bool:
        return await seen_and_heard() and len(numbers - {None}) >= 3

    await eventually(moving, timeout=20, what="the persona's picture, moving, and tone")
