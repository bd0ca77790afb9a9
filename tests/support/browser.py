"""Debian's Chromium under Playwright, with fake devices that play known media."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, ConsoleMessage, Page, Playwright

from tests.support.lines import Line
from tests.support.media import FakeMedia

FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A test's page is never looked at: none of these may slow its timers or its video down.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)

# A page may sound though nobody has touched it; a browser as people have it does not allow that.
UNTOUCHED_SOUND = "--autoplay-policy=no-user-gesture-required"


@dataclass(frozen=True)
class Outside:
    """A browser at the far end of a line. It opens `origin`, which is no localhost, without TLS."""

    line: Line
    origin: str
    folder: Path

    def flags(self) -> tuple[str, ...]:
        return (
            f"--unsafely-treat-insecure-origin-as-secure={self.origin}",
            "--ignore-certificate-errors",
        )


@contextlib.asynccontextmanager
async def chromium(
    playwright: Playwright,
    media: FakeMedia | None = None,
    outside: Outside | None = None,
    *,
    sound: tuple[str, ...] = (UNTOUCHED_SOUND,),
) -> AsyncIterator[Browser]:
    """One browser process. Fake devices belong to the process: one browser per persona.

    ``sound``: the flags about it; none, and a page is silent until somebody touches it.
    """
    path = shutil.which("chromium") or "/usr/bin/chromium"
    if outside is not None:
        path = str(outside.line.wrapper(outside.folder, path))
    files = []
    if media is not None:
        files = [
            f"--use-file-for-fake-video-capture={media.video}",
            f"--use-file-for-fake-audio-capture={media.audio}",
        ]
    browser = await playwright.chromium.launch(
        executable_path=path,
        chromium_sandbox=False,
        args=[*FLAGS, *sound, *files, *(outside.flags() if outside else ())],
    )
    try:
        yield browser
    finally:
        await browser.close()


class Complaints:
    """What a page's console said in red and what its scripts threw: an empty list is expected."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("pageerror", lambda error: self.seen.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(message.text)
